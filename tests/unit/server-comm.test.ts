import { describe, expect, it, vi } from "vitest";
import { decode, encode } from "../../src/comm/codec.js";
import {
  CLOSE_INPUT,
  FRAMES_INPUT,
  HANDLERS,
  type MessageKind,
  OPEN_INPUT,
  SEND_INPUT,
} from "../../src/comm/messages.js";
import type { PageJQuery } from "../../src/shiny/runtime.js";
import {
  createShiny,
  ServerComm,
  ServerCommManager,
  type ServerMessage,
  type ServerOptions,
} from "../../src/testing/index.js";
import { thrownBy } from "./errors.js";

const KINDS = Object.keys(HANDLERS) as MessageKind[];

/** A session with a browser that records the payloads of comm messages in order. */
async function setUp(options: ServerOptions = {}, announcesFrames = false) {
  const shiny = createShiny(options);
  const received: [MessageKind, unknown][] = [];
  for (const kind of KINDS) {
    shiny.runtime.addCustomMessageHandler(HANDLERS[kind], (payload) => {
      received.push([kind, payload]);
    });
  }
  const session = await shiny.connect();
  if (announcesFrames) shiny.runtime.setInputValue?.(FRAMES_INPUT, 1);
  await shiny.idle();
  const open = (comm_id = "c1", parts: object = {}) =>
    new ServerComm({ comm_id, commManager: session.comms, target_name: "a.target", ...parts });
  /** Returns the kinds of the messages that arrived since the last call. */
  const kinds = async (): Promise<string[]> => {
    await shiny.idle();
    return received.splice(0).map(([kind]) => kind);
  };
  /** Sends an input from the browser. */
  const sendInput = async (input: string, comm_id: string, data: unknown, target_name?: string) => {
    const content = { comm_id, target_name, data };
    const text = JSON.stringify({ content, metadata: {}, buffers: ["AQI="], header: {} });
    shiny.runtime.setInputValue?.(input, text, { priority: "event" });
    await shiny.idle();
  };
  return { shiny, session, received, open, kinds, sendInput };
}

describe("ServerComm", () => {
  it("a server comm opens and is registered on construction", async () => {
    const { session, open, kinds } = await setUp();
    const comm = open();
    expect(comm.closed).toBe(false);
    expect(session.comms.get_comm("c1")).toBe(comm);
    expect(await kinds()).toEqual(["comm_open"]);
  });

  it("a server comm sends nothing before open() with open: false", async () => {
    const { session, open, kinds } = await setUp();
    const comm = open("c1", { open: false });
    expect([comm.closed, session.comms.comms.size]).toEqual([true, 0]);
    expect(await kinds()).toEqual([]);
    comm.open({ data: { n: 1 } });
    expect([comm.closed, session.comms.get_comm("c1")]).toEqual([false, comm]);
    expect(await kinds()).toEqual(["comm_open"]);
  });

  it("a server comm sends opens before the values of outputs, and messages and closes after them", async () => {
    const { shiny, session, open } = await setUp();
    const order: string[] = [];
    const uninstall = shiny.install();
    const page = globalThis as unknown as {
      jQuery: PageJQuery;
      document: object;
    };
    page.jQuery(page.document).on("shiny:message", ({ message = {} }) => {
      if ("values" in message) order.push("values");
      order.push(...Object.keys(message.custom ?? {}));
    });
    const first = open("c1");
    first.send({});
    session.output("plot", null);
    first.close();
    open("c2");
    await shiny.idle();
    uninstall();
    expect(order).toEqual([
      HANDLERS.comm_open,
      HANDLERS.comm_open,
      "values",
      HANDLERS.comm_msg,
      HANDLERS.comm_close,
    ]);
  });

  it("a server comm encodes a message immediately, before later changes of its data", async () => {
    const { shiny, received, open } = await setUp();
    const comm = open();
    await shiny.idle();
    received.length = 0;
    const data = { n: 1 };
    const buffer = Uint8Array.of(1, 2);
    comm.send(data, undefined, [buffer]);
    data.n = 2;
    buffer[0] = 9;
    await shiny.idle();
    const message = decode("comm_msg", received[0]?.[1]);
    expect(message.content.data).toEqual({ n: 1 });
    expect(message.buffers[0]?.getUint8(0)).toBe(1);
  });

  it("a server comm sends exactly the bytes of a view", async () => {
    const { shiny, received, open } = await setUp();
    const { buffer } = Uint8Array.of(0, 1, 2, 3, 4, 5);
    open("c1", {
      buffers: [new Uint8Array(buffer, 2, 2), new DataView(buffer, 5), buffer, Buffer.from("a")],
    });
    await shiny.idle();
    const { buffers } = decode("comm_open", received[0]?.[1]);
    expect(buffers.map((view) => [...new Uint8Array(view.buffer)])).toEqual([
      [2, 3],
      [5],
      [0, 1, 2, 3, 4, 5],
      [97],
    ]);
  });

  it.each([
    ["a list of numbers", [1, 2]],
    ["a text", "AQI="],
    ["nothing", null],
    ["a Blob", new Blob(["a"])],
    ["a bare SharedArrayBuffer", new SharedArrayBuffer(2)],
  ])("a server comm rejects %s as a buffer", async (_name, buffer) => {
    const { open } = await setUp();
    const comm = open();
    expect(() => comm.send({}, undefined, [new ArrayBuffer(1), buffer as never])).toThrow(
      /buffer 1 is not contiguous bytes/,
    );
  });

  it("a server comm rejects a detached ArrayBuffer, directly or in a view", async () => {
    const { open } = await setUp();
    const comm = open();
    const view = new Uint8Array(2);
    const whole = view.buffer;
    structuredClone(whole, { transfer: [whole] });
    for (const detached of [view, whole]) {
      const error = thrownBy(TypeError, () => comm.send({}, undefined, [detached]));
      expect(error.message).toContain("buffer 0 is detached");
    }
  });

  it.each([
    ["NaN", { a: [Number.NaN] }],
    ["undefined in a list", { a: [undefined] }],
    ["a function", { a: () => 1 }],
    ["a symbol", { a: Symbol("s") }],
    ["a binary value", { a: new Uint8Array(1) }],
    ["a key that is an object", new Map([[{}, 1]])],
  ])("a server comm rejects data with %s", async (_name, data) => {
    const { open } = await setUp();
    const comm = open();
    expect(thrownBy("ENCODE", () => comm.send(data)).comm_id).toBe("c1");
  });

  it("a server comm rejects circular data, but accepts an object that occurs twice", async () => {
    const { open } = await setUp();
    const comm = open();
    const twice = { n: 1 };
    const data: Record<string, unknown> = { twice, again: twice };
    comm.send(data);
    data.self = data;
    expect(() => comm.send(data)).toThrow(/circular/);
  });

  it("a server comm stays unregistered after a failed open", async () => {
    const { session, open } = await setUp();
    expect(() => open("c1", { data: { a: 1n, b: Number.POSITIVE_INFINITY } })).toThrow(
      expect.objectContaining({ code: "ENCODE" }),
    );
    expect(session.comms.comms.size).toBe(0);
  });

  it("a server comm throws NOT_CONNECTED on open and send without a session", () => {
    const commManager = new ServerCommManager();
    const options = { comm_id: "c1", commManager, target_name: "a.target" };
    const error = thrownBy("NOT_CONNECTED", () => new ServerComm(options));
    expect(error.message).toContain("the comm has no Shiny session");
    const comm = new ServerComm({ ...options, open: false });
    expect(thrownBy("NOT_CONNECTED", () => comm.send({})).comm_id).toBe("c1");
  });

  it("a server comm closes with its session, and then throws NOT_CONNECTED on send", async () => {
    const { shiny, session, open } = await setUp();
    const comm = open();
    await shiny.idle();
    shiny.disconnect();
    expect([comm.closed, session.comms.comms.size]).toEqual([true, 0]);
    expect(thrownBy("NOT_CONNECTED", () => comm.send({})).message).toContain("has ended");
    expect(thrownBy("NOT_CONNECTED", () => open("c2")).message).toContain("has ended");
    comm.close();
  });

  it("a server comm closes once, and is unregistered", async () => {
    const { session, open, kinds } = await setUp();
    const comm = open();
    await kinds();
    comm.close({ reason: "done" });
    comm.close();
    expect([comm.closed, session.comms.comms.size]).toEqual([true, 0]);
    expect(await kinds()).toEqual(["comm_close"]);
  });

  it("a server comm sends after its close, as the Python class does", async () => {
    const { open, kinds } = await setUp();
    const comm = open();
    comm.close();
    comm.send({});
    expect(await kinds()).toEqual(["comm_open", "comm_close", "comm_msg"]);
  });

  it("a server comm can be opened again", async () => {
    const { session, open, kinds } = await setUp();
    const comm = open();
    comm.close();
    comm.open();
    expect([comm.closed, session.comms.get_comm("c1")]).toEqual([false, comm]);
    expect(await kinds()).toEqual(["comm_open", "comm_open", "comm_close"]);
  });

  it("a server comm delivers the browser's messages with their buffers to the callback, until the callback is removed", async () => {
    const { open, sendInput } = await setUp();
    const comm = open();
    const onMsg = vi.fn<(message: ServerMessage) => void>();
    comm.on_msg(onMsg);
    await sendInput(SEND_INPUT, "c1", { n: 1 });
    const message = onMsg.mock.calls[0]?.[0];
    expect(message?.content).toEqual({ comm_id: "c1", data: { n: 1 } });
    expect(message?.buffers[0]?.getUint16(0)).toBe(0x0102);
    comm.on_msg(undefined);
    await sendInput(SEND_INPUT, "c1", { n: 2 });
    expect(onMsg).toHaveBeenCalledOnce();
  });

  it("the session waits for the promise of a server comm's callback before the next message", async () => {
    const { shiny, open, sendInput } = await setUp();
    const comm = open();
    const order: string[] = [];
    let release = (): void => undefined;
    comm.on_msg(async ({ content }) => {
      order.push(`start ${content.data.n}`);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      order.push(`end ${content.data.n}`);
    });
    const inputs = [sendInput(SEND_INPUT, "c1", { n: 1 }), sendInput(SEND_INPUT, "c1", { n: 2 })];
    await expect.poll(() => order.length).toBe(1);
    release();
    await expect.poll(() => order.length).toBe(3);
    release();
    await Promise.all(inputs);
    expect(order).toEqual(["start 1", "end 1", "start 2", "end 2"]);
    await shiny.idle();
  });

  it("a server comm ignores messages for other comms", async () => {
    const { open, sendInput } = await setUp();
    const onMsg = vi.fn();
    open().on_msg(onMsg);
    await sendInput(SEND_INPUT, "another", {});
    expect(onMsg).not.toHaveBeenCalled();
  });

  it("nextMessage() returns the browser's messages in order, earlier and later ones", async () => {
    const { open, sendInput } = await setUp();
    const comm = open();
    await sendInput(SEND_INPUT, "c1", { n: 1 });
    await sendInput(SEND_INPUT, "c1", { n: 2 });
    expect((await comm.nextMessage()).content.data).toEqual({ n: 1 });
    expect((await comm.nextMessage()).content.data).toEqual({ n: 2 });
    const third = comm.nextMessage();
    await sendInput(SEND_INPUT, "c1", { n: 3 });
    expect((await third).content.data).toEqual({ n: 3 });
  });

  it("nextMessage() rejects at its timeout with an error that names the comm", async () => {
    const { open } = await setUp();
    await expect(open().nextMessage({ timeoutMs: 1 })).rejects.toThrow(
      "timeout after 1 ms: waited for a message on comm c1",
    );
  });

  it("nextMessage() rejects when the session ends", async () => {
    const { shiny, open } = await setUp();
    const pending = open().nextMessage();
    shiny.disconnect();
    await expect(pending).rejects.toThrow("closed");
  });

  it("handle_close() closes the comm and calls the on_close callback, if one is set", async () => {
    const { session, open } = await setUp();
    const message = { content: { comm_id: "c1", data: {} }, metadata: {}, buffers: [], header: {} };
    const onClose = vi.fn();
    const comm = open();
    comm.on_close(onClose);
    comm.handle_close(message);
    expect(onClose).toHaveBeenCalledExactlyOnceWith(message);
    expect([comm.closed, session.comms.comms.size]).toEqual([true, 0]);
    comm.on_close(undefined);
    comm.handle_close(message);
    expect(onClose).toHaveBeenCalledOnce();
  });

  it("a server comm sends messages with buffers as binary frames if client and server support these", async () => {
    const { shiny, received, open } = await setUp({ binaryFrames: true }, true);
    const comm = open("c1", { buffers: [Uint8Array.of(1, 2)], data: { n: 0.5 } });
    comm.send({ n: 1 });
    comm.close({}, undefined, [Uint8Array.of(3)]);
    await shiny.idle();
    const [opened, sent, closed] = received;
    expect(opened?.[1]).toBeInstanceOf(ArrayBuffer);
    expect(sent?.[1]).toBeTypeOf("string");
    expect(closed?.[1]).toBeInstanceOf(ArrayBuffer);
    const message = decode("comm_open", opened?.[1]);
    expect(message.content).toMatchObject({ comm_id: "c1", data: { n: 0.5 } });
    expect(message.buffers[0]?.getUint16(0)).toBe(0x0102);
  });

  it.each([
    [1, 100_000],
    [2, 0],
    [3, 0],
  ])(
    "a server comm sends large buffers within the frame or after it, by the client's version %i",
    async (version, inFrame) => {
      const { shiny, received, open } = await setUp({ binaryFrames: true });
      shiny.runtime.setInputValue?.(FRAMES_INPUT, version);
      await shiny.idle();
      open("c1", { buffers: [new Uint8Array(100_000)] });
      await shiny.idle();
      const frame = received[0]?.[1] as ArrayBuffer;
      expect(frame.byteLength).toBeGreaterThanOrEqual(inFrame);
      expect(frame.byteLength).toBeLessThan(inFrame + 1_000);
    },
  );

  it("a server comm sends text to a client that did not announce support of frames", async () => {
    const { shiny, received, open } = await setUp({ binaryFrames: true });
    open("c1", { buffers: [Uint8Array.of(1)] });
    await shiny.idle();
    expect(received[0]?.[1]).toBeTypeOf("string");
  });
});

describe("ServerCommManager", () => {
  it("unregister_comm() keeps a newer comm with the same id", async () => {
    const { session, open } = await setUp();
    const first = open();
    const second = open();
    session.comms.unregister_comm(first);
    expect(session.comms.get_comm("c1")).toBe(second);
  });
});

describe("comms opened by the browser", () => {
  it("comms opened by the browser reach the target with the message, are registered, and send in both directions", async () => {
    const { session, received, sendInput } = await setUp({ opens: true });
    const target = vi.fn<(comm: ServerComm, message: ServerMessage) => void>((comm) => {
      comm.on_msg(({ content }) => comm.send({ echo: content.data }));
    });
    session.comms.register_target("my.target", target);
    await sendInput(OPEN_INPUT, "c9", { hello: 1 }, "my.target");
    const [comm, message] = target.mock.calls[0] ?? [];
    expect(comm).toBe(session.comms.get_comm("c9"));
    expect(message?.content).toEqual({
      comm_id: "c9",
      target_name: "my.target",
      data: { hello: 1 },
    });
    expect(message?.buffers).toHaveLength(1);
    await sendInput(SEND_INPUT, "c9", { n: 1 });
    expect(received.map(([kind]) => kind)).toEqual(["comm_msg"]);
    expect(decode("comm_msg", received[0]?.[1]).content.data).toEqual({ echo: { n: 1 } });
  });

  it("comms opened by the browser close with the browser's close, and call on_close", async () => {
    const { session, received, sendInput } = await setUp({ opens: true });
    const onClose = vi.fn();
    session.comms.register_target("my.target", (comm) => comm.on_close(onClose));
    await sendInput(OPEN_INPUT, "c9", {}, "my.target");
    await sendInput(CLOSE_INPUT, "c9", { reason: 1 });
    expect(onClose.mock.calls[0]?.[0]).toMatchObject({ content: { data: { reason: 1 } } });
    expect(session.comms.comms.size).toBe(0);
    expect(received).toEqual([]);
  });

  it("comms opened by the browser call on_close at the end of the session", async () => {
    const { shiny, session, sendInput } = await setUp({ opens: true });
    const onClose = vi.fn();
    session.comms.register_target("my.target", (comm) => comm.on_close(onClose));
    await sendInput(OPEN_INPUT, "c9", {}, "my.target");
    shiny.disconnect();
    expect(onClose).toHaveBeenCalledOnce();
    expect(session.comms.comms.size).toBe(0);
  });

  it("comms opened by the browser do not call on_close after the server's close", async () => {
    const { shiny, session, received, sendInput } = await setUp({ opens: true });
    const onClose = vi.fn();
    session.comms.register_target("my.target", (comm) => comm.on_close(onClose));
    await sendInput(OPEN_INPUT, "c9", {}, "my.target");
    session.comms.get_comm("c9")?.close();
    await shiny.idle();
    shiny.disconnect();
    expect(received.map(([kind]) => kind)).toEqual(["comm_close"]);
    expect(onClose).not.toHaveBeenCalled();
  });

  it("the browser cannot close comms that the server opened", async () => {
    const { open, sendInput } = await setUp({ opens: true });
    const comm = open();
    await sendInput(CLOSE_INPUT, "c1", {});
    expect(comm.closed).toBe(false);
  });

  it("comms opened by the browser get a close, and an error, if their target is not registered", async () => {
    const { session, received, sendInput } = await setUp({ opens: true });
    await expect(sendInput(OPEN_INPUT, "c9", {}, "unknown")).rejects.toThrow('no target "unknown"');
    expect(received.map(([kind]) => kind)).toEqual(["comm_close"]);
    expect(session.comms.comms.size).toBe(0);
  });

  it("comms opened by the browser get a close, and an error, if the target's callback throws", async () => {
    const { session, received, sendInput } = await setUp({ opens: true });
    session.comms.register_target("my.target", () => {
      throw new Error("not today");
    });
    await expect(sendInput(OPEN_INPUT, "c9", {}, "my.target")).rejects.toThrow("not today");
    expect(received.map(([kind]) => kind)).toEqual(["comm_close"]);
  });

  it("a stock server ignores opens of the browser, and announces nothing", async () => {
    const announced = vi.fn();
    const { shiny, session, sendInput, received } = await setUp();
    shiny.runtime.addCustomMessageHandler("shiny_comm_server", (payload) => announced(payload));
    const target = vi.fn();
    session.comms.register_target("my.target", target);
    await sendInput(OPEN_INPUT, "c9", {}, "my.target");
    expect([target.mock.calls, announced.mock.calls, received]).toEqual([[], [], []]);
  });

  it("the server announces its support of opens in each session, before the first idle", async () => {
    const shiny = createShiny({ opens: true });
    const order: unknown[] = [];
    shiny.runtime.addCustomMessageHandler("shiny_comm_server", (payload) => {
      order.push(payload);
    });
    const uninstall = shiny.install();
    const page = globalThis as unknown as { jQuery: PageJQuery; document: object };
    page.jQuery(page.document).on("shiny:idle", () => order.push("idle"));
    await shiny.connect();
    shiny.disconnect();
    await shiny.connect();
    uninstall();
    const announcement = { version: 1, opens: true };
    expect(order).toEqual([announcement, "idle", announcement, "idle"]);
  });

  it("encode writes the format that these tests send", () => {
    const text = encode({ comm_id: "c9", data: { a: 1 } });
    expect(JSON.parse(text)).toEqual({
      content: { comm_id: "c9", data: { a: 1 } },
      metadata: {},
      buffers: [],
      header: {},
    });
  });
});
