/** The version of binary frames that each session's server gets, by what the socket delivers. */
import { describe, expect, it, vi } from "vitest";
import { encodeFrame } from "../../src/comm/frames.js";
import { negotiateFrames } from "../../src/shiny/frame-negotiation.js";
import type { Session } from "../../src/shiny/session.js";
import { type HostPage, type HostPageOptions, hostPage, waitFor } from "./host-page.js";
import { FakeWebSocket, type HostSocket, PlainSocket } from "./host-sockets.js";

vi.mock("../../src/shiny/native-socket.js", () => ({
  isNativeSocket: (socket: unknown) => socket instanceof FakeWebSocket,
}));

const INPUT = ".shiny_comm_frames:shiny.password";

/** A polyfill that claims to support bytes, and delivers them in its own way. */
class Polyfill extends PlainSocket {
  override binaryType = "arraybuffer";
  readonly #convert: (bytes: ArrayBuffer) => unknown;

  constructor(convert: (bytes: ArrayBuffer) => unknown) {
    super();
    this.#convert = convert;
  }

  protected override deliver(data: string | ArrayBuffer): void {
    const converted = typeof data === "string" ? data : this.#convert(data);
    if (converted !== undefined) this.call(converted);
  }
}

/** The bytes inside a larger buffer, behind other bytes. */
function inside(bytes: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.byteLength + 24).fill(255);
  larger.set(new Uint8Array(bytes), 16);
  return larger.subarray(16, 16 + bytes.byteLength);
}

let page: HostPage;
/** The values of the input, in order. */
let versions: unknown[];

function start(createSocket: () => HostSocket, options: Partial<HostPageOptions> = {}): void {
  versions = [];
  page = hostPage({
    createSocket() {
      const socket = createSocket();
      const send = socket.send.bind(socket);
      socket.send = (text) => {
        const { data = {} } = JSON.parse(text);
        if (INPUT in data) versions.push(data[INPUT]);
        send(text);
      };
      return socket;
    },
    ...options,
  });
}

/** Sends messages of all sizes, and returns the messages that arrived. */
async function exchange(): Promise<unknown[]> {
  const comm = page.open("c1");
  const sizes = [0, 5, 40_000, 0, 100];
  for (const [n, size] of sizes.entries()) {
    comm.send({ n }, {}, size ? [new Uint8Array(size).fill(n)] : []);
  }
  const first = page.messages.length;
  await page.received(first + sizes.length);
  comm.close();
  await waitFor(() => expect(page.closed).toContain("c1"));
  page.closed.length = 0;
  return page.messages
    .slice(first)
    .map(({ content, buffers }) => [
      content.data.n,
      ...buffers.map(
        (view) =>
          `${new Uint8Array(view.buffer).every((byte) => byte === content.data.n)} ${view.buffer.byteLength}`,
      ),
    ]);
}

const ALL = [[0], [1, "true 5"], [2, "true 40000"], [3], [4, "true 100"]];

describe("the version of binary frames", () => {
  it.each([
    ["3 from the start on a WebSocket", () => new FakeWebSocket(), {}, [3]],
    [
      "1 from the start on a WebSocket without the widgets' client",
      () => new FakeWebSocket(),
      { intercepts: false },
      [1],
    ],
    ["0 on a socket for texts alone", () => new PlainSocket(), {}, [0]],
    [
      "0 on a socket for texts alone, without the widgets' client",
      () => new PlainSocket(),
      { intercepts: false, recommendsProbe: true },
      [0],
    ],
    [
      "3 after a probe that the server recommends",
      () => new PlainSocket(),
      { recommendsProbe: true },
      [0, "probe", 3],
    ],
    ["3 after a probe on a polyfill", () => new Polyfill((bytes) => bytes), {}, ["probe", 3]],
    [
      "1 after a probe on a polyfill without the widgets' client",
      () => new Polyfill((bytes) => bytes),
      { intercepts: false },
      ["probe", 1],
    ],
  ])("the version is %s", async (_what, createSocket, options, expected) => {
    start(createSocket, options);
    const version = expected.at(-1) as number;
    await page.begun(version);
    expect(await exchange()).toEqual(ALL);
    expect(versions).toEqual(expected);
    page.session.close();
    page.app.reconnect();
    await waitFor(() => expect(versions).toEqual([...expected, ...expected]));
    await page.begun(version);
    expect(await exchange()).toEqual(ALL);
    expect(page.errors).toEqual([]);
  });

  it.each<[string, (bytes: ArrayBuffer) => unknown, number]>([
    ["blobs", (bytes) => new Blob([bytes]), 3],
    ["arrays of bytes", (bytes) => new Uint8Array(bytes), 3],
    ["arrays of bytes inside a larger buffer", inside, 3],
    ["data views", (bytes) => new DataView(bytes), 3],
    [
      "data views inside a larger buffer",
      (bytes) => new DataView(inside(bytes).buffer, 16, bytes.byteLength),
      3,
    ],
    [
      "bytes in shared memory",
      (bytes) => {
        const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
        shared.set(new Uint8Array(bytes));
        return shared;
      },
      3,
    ],
    ["text in UTF-8", (bytes) => new TextDecoder().decode(bytes), 0],
    ["text in Latin-1", (bytes) => Buffer.from(bytes).toString("latin1"), 0],
    ["base64", (bytes) => Buffer.from(bytes).toString("base64"), 0],
    ["the names of objects", (bytes) => String(bytes), 0],
    ["nothing", () => undefined, 0],
    [
      "bytes without the highest bit",
      (bytes) => new Uint8Array(bytes).map((byte) => byte & 127),
      0,
    ],
  ])(
    "no message is lost, and there is no error, on a polyfill that delivers %s",
    async (_what, convert, version) => {
      start(() => new Polyfill(convert));
      await page.begun(version);
      expect(await exchange()).toEqual(ALL);
      expect(page.session.frameVersion).toBe(version);
      expect(page.errors).toEqual([]);
    },
  );

  it("a blob is read before the frames behind it, and before the frames of the next session", async () => {
    start(() => new Polyfill((bytes) => new Blob([bytes])));
    await page.begun(3);
    const comm = page.open("c1");
    await waitFor(() => expect(page.opened).toHaveLength(1));
    for (const n of [1, 3, 5]) {
      comm.send({ n }, {}, [new Uint8Array(40_000)]);
      page.session.flush();
      const content = { comm_id: "c1", data: { n: n + 1 } };
      page.session.sendCustomMessage("shinywidgets_comm_msg", { content });
    }
    await page.received(6);
    expect(page.messages.map(({ content }) => content.data.n)).toEqual([1, 2, 3, 4, 5, 6]);
    comm.send({ n: 7 });
    page.session.flush();
    page.session.close();
    page.app.reconnect();
    await page.begun(3);
    page.open("c1").send({ n: 8 });
    await page.received(7);
    expect(page.messages.at(-1)?.content.data.n).toBe(8);
    expect(page.errors).toEqual([]);
  });

  it("frames of other senders reach Shiny as buffers", async () => {
    start(() => new Polyfill(inside));
    await page.begun(3);
    page.session.sendBinaryMessage("another", Uint8Array.of(1, 2, 3).buffer);
    await waitFor(() => expect(page.dispatched.at(-1)).toBeInstanceOf(ArrayBuffer));
    expect(new Uint8Array(page.dispatched.at(-1) as ArrayBuffer).slice(-3)).toEqual(
      Uint8Array.of(1, 2, 3),
    );
    expect(page.errors).toEqual([]);
  });

  it.each([
    ["a WebSocket", () => new FakeWebSocket()],
    ["a polyfill", () => new Polyfill((bytes) => bytes)],
  ])(
    "the version becomes 0, with one error, when %s delivers text instead of bytes",
    async (_what, createSocket) => {
      start(createSocket);
      await page.begun(3);
      const comm = page.open("c1");
      comm.send({ n: 1 });
      await page.received(1);
      const frame = encodeFrame("comm_msg", { content: { comm_id: "c1", data: {} } }, [
        Uint8Array.of(200),
      ]);
      const bytes = Buffer.concat([Buffer.from("\x15shinywidgets_comm_msg"), Buffer.from(frame)]);
      page.socket.onmessage?.({ data: bytes.toString() } as MessageEvent);
      await waitFor(() => expect(page.session.frameVersion).toBe(0));
      comm.send({ n: 2 }, {}, [Uint8Array.of(2)]);
      await page.received(2);
      expect(page.errors.map(String)).toEqual([
        expect.stringContaining(
          "cannot decode comm_msg: binary frame: the socket delivered text instead of bytes",
        ),
      ]);
    },
  );
});

describe("a host that changes", () => {
  it("each session gets the version of its own socket, of another kind than the one before", async () => {
    const kinds: [() => HostSocket, number][] = [
      [() => new FakeWebSocket(), 3],
      [() => new PlainSocket(), 0],
      [() => new Polyfill((bytes) => new Blob([bytes])), 3],
      [() => new PlainSocket(), 0],
      [() => new Polyfill((bytes) => Buffer.from(bytes).toString("latin1")), 0],
      [() => new FakeWebSocket(), 3],
    ];
    let made = 0;
    start(() => kinds[made++]?.[0]() ?? new PlainSocket());
    for (const [index, [, version]] of kinds.entries()) {
      if (index > 0) {
        page.session.close();
        page.events.length = 0;
        page.app.reconnect();
        await waitFor(() => expect(made).toBe(index + 1));
      }
      await page.begun(version);
      expect(await exchange()).toEqual(ALL);
      expect(page.session.frameVersion).toBe(version);
    }
    expect(page.errors).toEqual([]);
  });

  /** Delivers what waits while the page sends, several messages in one task. */
  class Synchronous extends PlainSocket {
    readonly #waiting: unknown[] = [];
    override send(text: string): void {
      super.send(text);
      this.#deliverAll();
    }
    protected override call(data: unknown): void {
      if (this.#waiting.push(data) === 1) setTimeout(() => this.#deliverAll(), 5);
    }
    #deliverAll(): void {
      for (const data of this.#waiting.splice(0)) super.call(data);
    }
  }

  it.each([
    [undefined, 0],
    ["arraybuffer", 3],
  ])(
    "all messages arrive once, in order, if a socket with the binaryType %s delivers while the page sends",
    async (binaryType, version) => {
      start(() => Object.assign(new Synchronous(), { binaryType }));
      await page.begun(version);
      const comm = page.open("echo");
      await waitFor(() => expect(page.opened).toHaveLength(1));
      for (let n = 0; n < 20; n += 1) {
        comm.send({ n }, {}, n % 3 ? [] : [new Uint8Array(40_000)]);
        page.opened[0]?.send({ n });
      }
      await page.received(20);
      const all = Array.from({ length: 20 }, (_, n) => n);
      expect(page.messages.map(({ content }) => content.data.n)).toEqual(all);
      for (const n of all) expect((await comm.nextMessage()).content.data).toEqual({ n });
      expect(page.errors).toEqual([]);
    },
  );

  it("the version follows a socket that Shiny gets without an event", async () => {
    start(() => new FakeWebSocket());
    await page.begun(3);
    const comm = page.open("c1");
    comm.send({ n: 1 });
    await page.received(1);
    // A script puts another socket in place, which passes Shiny's members on.
    const { socket } = page;
    const outer = new PlainSocket();
    outer.readyState = 1;
    outer.onmessage = socket.onmessage;
    outer.send = socket.send.bind(socket);
    socket.onmessage = (event) => outer.onmessage?.(event);
    page.app.$socket = outer as never;
    page.app.sendInput({ any: 1 });
    await waitFor(() => expect(page.session.frameVersion).toBe(0));
    comm.send({ n: 2 }, {}, [new Uint8Array(40_000)]);
    await page.received(2);
    expect(page.messages.map(({ content }) => content.data.n)).toEqual([1, 2]);
    expect(page.errors).toEqual([]);
  });
});

describe("negotiateFrames", () => {
  it.each([
    ["a WebSocket", () => new FakeWebSocket(), 1],
    ["a socket for texts alone", () => new PlainSocket(), 0],
  ])(
    "the session of %s that is open already gets the version immediately",
    (_what, create, version) => {
      const sendInput = vi.fn();
      const $socket = Object.assign(create(), { readyState: 1 });
      const shiny = { addCustomMessageHandler: () => undefined, shinyapp: { sendInput, $socket } };
      const session = { on: () => () => undefined } as unknown as Session;
      negotiateFrames(shiny as never, session);
      expect(sendInput.mock.calls).toEqual([[{ [INPUT]: version }]]);
    },
  );

  it("an incomplete message ends with its session, and all frames go to Shiny after the end", async () => {
    start(() => new FakeWebSocket());
    await page.begun(3);
    page.open("c1");
    const buffer = new Uint8Array(8);
    const header = { content: { comm_id: "c1", data: { n: 1 } } };
    const frame = encodeFrame("comm_msg", header, [buffer], { detachFromBytes: 8 });
    const type = "shinywidgets_comm_msg";
    page.session.sendBinaryMessage(type, frame);
    page.session.close();
    page.app.reconnect();
    await page.begun(3);
    page.open("c1");
    page.session.sendBinaryMessage(type, frame, [buffer.slice().buffer]);
    await page.received(1);
    expect(page.messages).toHaveLength(1);
    page.leave();
    page.session.sendBinaryMessage(type, frame);
    await waitFor(() => expect(page.dispatched.at(-1)).toBeInstanceOf(ArrayBuffer));
    expect(page.messages).toHaveLength(1);
    expect(page.errors).toEqual([]);
  });
});

describe("the listener of the socket", () => {
  const passedShiny = () => page.dispatched.filter((data) => String(data).includes("comm_msg"));

  /** A socket whose `onmessage` is an accessor. */
  class Accessor extends PlainSocket {
    protected held: HostSocket["onmessage"];
    constructor() {
      super();
      Object.defineProperty(this, "onmessage", {
        get: () => this.read(),
        set: (listener) => this.write(listener),
        configurable: true,
      });
    }
    protected read(): HostSocket["onmessage"] {
      return this.held;
    }
    protected write(listener: HostSocket["onmessage"]): void {
      this.held = listener;
    }
    protected override call(data: unknown): void {
      this.held?.({ data } as MessageEvent);
    }
  }
  /** Wraps each listener, and returns the wrapper. */
  class Wrapping extends Accessor {
    protected override write(listener: HostSocket["onmessage"]): void {
      this.held = (event) => listener?.(event);
    }
  }
  /** Keeps the first listener. */
  class Ignoring extends Accessor {
    protected override write(listener: HostSocket["onmessage"]): void {
      this.held ??= listener;
    }
  }
  /** Calls the first listener, whatever `onmessage` is. */
  class Capturing extends Accessor {
    #first: HostSocket["onmessage"];
    protected override write(listener: HostSocket["onmessage"]): void {
      this.held = listener;
      this.#first ??= listener;
    }
    protected override call(data: unknown): void {
      this.#first?.({ data } as MessageEvent);
    }
  }
  /** Has a fixed listener once it is open. */
  class Fixed extends PlainSocket {
    override connect(serve: Parameters<PlainSocket["connect"]>[0]): void {
      super.connect((...ends) => {
        Object.defineProperty(this, "onmessage", { value: this.onmessage, writable: false });
        return serve(...ends);
      });
    }
  }

  it.each([
    ["an accessor", Accessor, true],
    ["an accessor that wraps listeners", Wrapping, false],
    ["an accessor that keeps the first listener", Ignoring, false],
    ["a host that calls the first listener", Capturing, false],
    ["a member that cannot be written", Fixed, false],
  ])("all messages arrive once, in order, through %s", async (_what, Socket, intercepts) => {
    start(() => new Socket(), { recommendsProbe: true });
    await page.begun(intercepts ? 3 : 0);
    expect(await exchange()).toEqual(ALL);
    expect(passedShiny().length > 0).toBe(!intercepts);
    expect(versions.at(-1)).toBe(intercepts ? 3 : 0);
    expect(page.errors).toEqual([]);
  });

  it("a polyfill that calls the first listener gets version 1", async () => {
    start(() => Object.assign(new Capturing(), { binaryType: "arraybuffer" }));
    await page.begun(1);
    expect(await exchange()).toEqual(ALL);
    expect(versions).toEqual(["probe", 1]);
    expect(page.errors).toEqual([]);
  });

  it.each([
    ["after the event that the socket is open", "open", "intercepted"],
    ["with the first message of the session", "message", "not intercepted"],
  ])("frames are intercepted if Shiny sets its listener %s", async (_what, when, first) => {
    const texts: string[] = [];
    class Late extends PlainSocket {
      #own: HostSocket["onmessage"];
      override connect(serve: Parameters<PlainSocket["connect"]>[0]): void {
        this.#own = this.onmessage;
        this.onmessage = undefined;
        super.connect((...ends) => {
          const session = serve(...ends);
          const { onopen } = this;
          this.onopen = (event) => {
            onopen?.(event);
            if (when === "open") this.onmessage = this.#own;
          };
          return session;
        });
      }
      protected override call(data: unknown): void {
        this.onmessage ??= this.#own;
        texts.push(this.onmessage === this.#own ? "not intercepted" : "intercepted");
        super.call(data);
      }
    }
    start(() => {
      const socket = new Late();
      // Shiny sets its listener when it has the socket.
      const { connect } = socket;
      socket.connect = (serve) => queueMicrotask(() => connect.call(socket, serve));
      return socket;
    });
    await page.begun(0);
    const comm = page.open("c1");
    comm.send({ n: 1 });
    await page.received(1);
    page.opened[0]?.send({});
    await comm.nextMessage();
    page.dispatched.length = 0;
    comm.send({ n: 2 });
    await page.received(2);
    expect(passedShiny()).toEqual([]);
    expect([texts[0], texts.at(-1)]).toEqual([first, "intercepted"]);
  });

  it("frames are intercepted again after a host has set another listener", async () => {
    start(() => new PlainSocket());
    await page.begun(0);
    const comm = page.open("c1");
    const { app, socket } = page;
    socket.drop();
    socket.onmessage = ({ data }) => app.taskQueue.enqueue(() => app.dispatchMessage(data));
    comm.send({ n: 1 });
    socket.resume();
    await page.received(1);
    expect(passedShiny()).toHaveLength(1);
    page.opened[0]?.send({});
    await comm.nextMessage();
    comm.send({ n: 2 });
    await page.received(2);
    expect(passedShiny()).toHaveLength(1);
    expect(page.errors).toEqual([]);
  });

  it("a script that wraps the listener gets all frames, also the frames that it delays", async () => {
    start(() => new FakeWebSocket());
    await page.begun(3);
    const { socket } = page;
    const { onmessage } = socket;
    const held: MessageEvent[] = [];
    // Shiny becomes busy with an earlier text while the wrapper holds later ones.
    let release = (): void => undefined;
    page.app.taskQueue.enqueue(() => new Promise<void>((resolve) => (release = resolve)));
    page.app.sendInput({ any: 1 });
    await page.session.nextInput("any");
    const hold = (event: MessageEvent) => void held.push(event);
    socket.onmessage = hold;
    page.events.length = 0;
    release();
    await waitFor(() => expect(page.events).toContain("shiny:busy"));
    expect(socket.onmessage).toBe(hold);
    const comm = page.open("c1");
    comm.send({ n: 1 }, {}, [new Uint8Array(40_000)]);
    comm.send({ n: 2 });
    await waitFor(() => expect(held.length).toBeGreaterThan(2));
    expect(page.messages).toEqual([]);
    socket.onmessage = (event) => {
      held.push(event);
      onmessage?.call(socket, event);
    };
    for (const event of held.splice(0)) onmessage?.call(socket, event);
    await page.received(2);
    comm.send({ n: 3 }, {}, [new Uint8Array(40_000)]);
    await page.received(3);
    expect(held.length).toBeGreaterThan(1);
    expect(page.messages.map(({ content }) => content.data.n)).toEqual([1, 2, 3]);
    expect(page.errors).toEqual([]);
  });
});
