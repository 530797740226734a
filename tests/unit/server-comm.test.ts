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

/** A session whose browser keeps the payloads of all comm messages, in order. */
async function setUp(options: ServerOptions = {}, announcesFrames = false) {
  const shiny = createShiny(options);
  const got: [MessageKind, unknown][] = [];
  for (const kind of KINDS) {
    shiny.runtime.addCustomMessageHandler(HANDLERS[kind], (payload) => {
      got.push([kind, payload]);
    });
  }
  const session = await shiny.connect();
  if (announcesFrames) shiny.runtime.setInputValue?.(FRAMES_INPUT, 1);
  await shiny.idle();
  const open = (comm_id = "c1", parts: object = {}) =>
    new ServerComm({ comm_id, commManager: session.comms, target_name: "a.target", ...parts });
  /** The kinds of what the browser has got, since the last time. */
  const kinds = async (): Promise<string[]> => {
    await shiny.idle();
    return got.splice(0).map(([kind]) => kind);
  };
  /** Sends an input of the browser's. */
  const say = async (input: string, comm_id: string, data: unknown, target_name?: string) => {
    const content = { comm_id, target_name, data };
    const text = JSON.stringify({ content, metadata: {}, buffers: ["AQI="], header: {} });
    shiny.runtime.setInputValue?.(input, text, { priority: "event" });
    await shiny.idle();
  };
  return { shiny, session, got, open, kinds, say };
}

describe("ServerComm", () => {
  it("opens when it is made, and is registered", async () => {
    const { session, open, kinds } = await setUp();
    const comm = open();
    expect(comm.closed).toBe(false);
    expect(session.comms.get_comm("c1")).toBe(comm);
    expect(await kinds()).toEqual(["comm_open"]);
  });

  it("sends nothing before open() when it is made with open: false", async () => {
    const { session, open, kinds } = await setUp();
    const comm = open("c1", { open: false });
    expect([comm.closed, session.comms.comms.size]).toEqual([true, 0]);
    expect(await kinds()).toEqual([]);
    comm.open({ data: { n: 1 } });
    expect([comm.closed, session.comms.get_comm("c1")]).toEqual([false, comm]);
    expect(await kinds()).toEqual(["comm_open"]);
  });

  it("sends opens before, messages and closes after the values of outputs", async () => {
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

  it("writes a message when it is sent: what is changed afterwards does no harm", async () => {
    const { shiny, got, open } = await setUp();
    const comm = open();
    await shiny.idle();
    got.length = 0;
    const data = { n: 1 };
    const buffer = Uint8Array.of(1, 2);
    comm.send(data, undefined, [buffer]);
    data.n = 2;
    buffer[0] = 9;
    await shiny.idle();
    const message = decode("comm_msg", got[0]?.[1]);
    expect(message.content.data).toEqual({ n: 1 });
    expect(message.buffers[0]?.getUint8(0)).toBe(1);
  });

  it("sends of a view its own bytes and no others", async () => {
    const { shiny, got, open } = await setUp();
    const { buffer } = Uint8Array.of(0, 1, 2, 3, 4, 5);
    open("c1", {
      buffers: [new Uint8Array(buffer, 2, 2), new DataView(buffer, 5), buffer, Buffer.from("a")],
    });
    await shiny.idle();
    const { buffers } = decode("comm_open", got[0]?.[1]);
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
  ])("refuses %s as a buffer", async (_name, buffer) => {
    const { open } = await setUp();
    const comm = open();
    expect(() => comm.send({}, undefined, [new ArrayBuffer(1), buffer as never])).toThrow(
      /buffer 1 is not contiguous bytes/,
    );
  });

  it("refuses a buffer whose bytes have been transferred away, bare or in a view", async () => {
    const { open } = await setUp();
    const comm = open();
    const view = new Uint8Array(2);
    const whole = view.buffer;
    structuredClone(whole, { transfer: [whole] });
    for (const gone of [view, whole]) {
      const error = thrownBy(TypeError, () => comm.send({}, undefined, [gone]));
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
  ])("refuses data with %s", async (_name, data) => {
    const { open } = await setUp();
    const comm = open();
    expect(thrownBy("ENCODE", () => comm.send(data)).comm_id).toBe("c1");
  });

  it("refuses circular data, but not the same data twice", async () => {
    const { open } = await setUp();
    const comm = open();
    const twice = { n: 1 };
    const data: Record<string, unknown> = { twice, again: twice };
    comm.send(data);
    data.self = data;
    expect(() => comm.send(data)).toThrow(/circular/);
  });

  it("whose open fails is not registered", async () => {
    const { session, open } = await setUp();
    expect(() => open("c1", { data: { a: 1n, b: Number.POSITIVE_INFINITY } })).toThrow(
      expect.objectContaining({ code: "ENCODE" }),
    );
    expect(session.comms.comms.size).toBe(0);
  });

  it("without a session can neither open nor send, and the error says so", () => {
    const commManager = new ServerCommManager();
    const options = { comm_id: "c1", commManager, target_name: "a.target" };
    const error = thrownBy("NOT_CONNECTED", () => new ServerComm(options));
    expect(error.message).toContain("the comm has no Shiny session");
    const comm = new ServerComm({ ...options, open: false });
    expect(thrownBy("NOT_CONNECTED", () => comm.send({})).comm_id).toBe("c1");
  });

  it("of a session that has ended is closed and unregistered, and an error says why it cannot send", async () => {
    const { shiny, session, open } = await setUp();
    const comm = open();
    await shiny.idle();
    shiny.disconnect();
    expect([comm.closed, session.comms.comms.size]).toEqual([true, 0]);
    expect(thrownBy("NOT_CONNECTED", () => comm.send({})).message).toContain("has ended");
    expect(thrownBy("NOT_CONNECTED", () => open("c2")).message).toContain("has ended");
    comm.close();
  });

  it("closes once, and is unregistered", async () => {
    const { session, open, kinds } = await setUp();
    const comm = open();
    await kinds();
    comm.close({ reason: "done" });
    comm.close();
    expect([comm.closed, session.comms.comms.size]).toEqual([true, 0]);
    expect(await kinds()).toEqual(["comm_close"]);
  });

  it("sends after its close, as the Python class does", async () => {
    const { open, kinds } = await setUp();
    const comm = open();
    comm.close();
    comm.send({});
    expect(await kinds()).toEqual(["comm_open", "comm_close", "comm_msg"]);
  });

  it("can be opened again", async () => {
    const { session, open, kinds } = await setUp();
    const comm = open();
    comm.close();
    comm.open();
    expect([comm.closed, session.comms.get_comm("c1")]).toEqual([false, comm]);
    expect(await kinds()).toEqual(["comm_open", "comm_open", "comm_close"]);
  });

  it("delivers the browser's messages with their buffers to the callback, until it is unset", async () => {
    const { open, say } = await setUp();
    const comm = open();
    const onMsg = vi.fn<(message: ServerMessage) => void>();
    comm.on_msg(onMsg);
    await say(SEND_INPUT, "c1", { n: 1 });
    const message = onMsg.mock.calls[0]?.[0];
    expect(message?.content).toEqual({ comm_id: "c1", data: { n: 1 } });
    expect(message?.buffers[0]?.getUint16(0)).toBe(0x0102);
    comm.on_msg(undefined);
    await say(SEND_INPUT, "c1", { n: 2 });
    expect(onMsg).toHaveBeenCalledOnce();
  });

  it("has the session wait for what the callback returns before the next message", async () => {
    const { shiny, open, say } = await setUp();
    const comm = open();
    const order: string[] = [];
    let release = (): void => undefined;
    comm.on_msg(async ({ content }) => {
      order.push(`begin ${content.data.n}`);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      order.push(`end ${content.data.n}`);
    });
    const said = [say(SEND_INPUT, "c1", { n: 1 }), say(SEND_INPUT, "c1", { n: 2 })];
    await vi.waitUntil(() => order.length === 1);
    release();
    await vi.waitUntil(() => order.length === 3);
    release();
    await Promise.all(said);
    expect(order).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
    await shiny.idle();
  });

  it("that the browser does not name hears nothing, and a message for no comm is dropped", async () => {
    const { open, say } = await setUp();
    const onMsg = vi.fn();
    open().on_msg(onMsg);
    await say(SEND_INPUT, "another", {});
    expect(onMsg).not.toHaveBeenCalled();
  });

  it("hands out the browser's messages one by one, whether they came before or after the call", async () => {
    const { open, say } = await setUp();
    const comm = open();
    await say(SEND_INPUT, "c1", { n: 1 });
    await say(SEND_INPUT, "c1", { n: 2 });
    expect((await comm.nextMessage()).content.data).toEqual({ n: 1 });
    expect((await comm.nextMessage()).content.data).toEqual({ n: 2 });
    const third = comm.nextMessage();
    await say(SEND_INPUT, "c1", { n: 3 });
    expect((await third).content.data).toEqual({ n: 3 });
  });

  it("rejects the wait for a message that does not come, naming the comm", async () => {
    const { open } = await setUp();
    await expect(open().nextMessage({ timeoutMs: 1 })).rejects.toThrow(
      "timeout after 1 ms: waited for a message on comm c1",
    );
  });

  it("rejects the wait for a message when the session ends", async () => {
    const { shiny, open } = await setUp();
    const waiting = open().nextMessage();
    shiny.disconnect();
    await expect(waiting).rejects.toThrow("closed");
  });

  it("tells the on_close callback of handle_close, and is closed then; unset, it tells nobody", async () => {
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

  it("sends messages with buffers as binary frames, to a client that takes them, when the server does", async () => {
    const { shiny, got, open } = await setUp({ binaryFrames: true }, true);
    const comm = open("c1", { buffers: [Uint8Array.of(1, 2)], data: { n: 0.5 } });
    comm.send({ n: 1 });
    comm.close({}, undefined, [Uint8Array.of(3)]);
    await shiny.idle();
    const [opened, sent, closed] = got;
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
    "to a client that takes version %i, sends large buffers in the frame or after it",
    async (version, inFrame) => {
      const { shiny, got, open } = await setUp({ binaryFrames: true });
      shiny.runtime.setInputValue?.(FRAMES_INPUT, version);
      await shiny.idle();
      open("c1", { buffers: [new Uint8Array(100_000)] });
      await shiny.idle();
      const frame = got[0]?.[1] as ArrayBuffer;
      expect(frame.byteLength).toBeGreaterThanOrEqual(inFrame);
      expect(frame.byteLength).toBeLessThan(inFrame + 1_000);
    },
  );

  it("sends text to a client that has not said that it takes frames", async () => {
    const { shiny, got, open } = await setUp({ binaryFrames: true });
    open("c1", { buffers: [Uint8Array.of(1)] });
    await shiny.idle();
    expect(got[0]?.[1]).toBeTypeOf("string");
  });
});

describe("ServerCommManager", () => {
  it("forgets a comm that has lost its place only where it is", async () => {
    const { session, open } = await setUp();
    const first = open();
    const second = open();
    session.comms.unregister_comm(first);
    expect(session.comms.get_comm("c1")).toBe(second);
  });
});

describe("comms that the browser opens", () => {
  it("reach the target with the message, are registered, and talk both ways", async () => {
    const { session, got, say } = await setUp({ opens: true });
    const target = vi.fn<(comm: ServerComm, message: ServerMessage) => void>((comm) => {
      comm.on_msg(({ content }) => comm.send({ echo: content.data }));
    });
    session.comms.register_target("my.target", target);
    await say(OPEN_INPUT, "c9", { hello: 1 }, "my.target");
    const [comm, message] = target.mock.calls[0] ?? [];
    expect(comm).toBe(session.comms.get_comm("c9"));
    expect(message?.content).toEqual({
      comm_id: "c9",
      target_name: "my.target",
      data: { hello: 1 },
    });
    expect(message?.buffers).toHaveLength(1);
    await say(SEND_INPUT, "c9", { n: 1 });
    expect(got.map(([kind]) => kind)).toEqual(["comm_msg"]);
    expect(decode("comm_msg", got[0]?.[1]).content.data).toEqual({ echo: { n: 1 } });
  });

  it("are closed by the browser's close, which on_close hears of", async () => {
    const { session, got, say } = await setUp({ opens: true });
    const onClose = vi.fn();
    session.comms.register_target("my.target", (comm) => comm.on_close(onClose));
    await say(OPEN_INPUT, "c9", {}, "my.target");
    await say(CLOSE_INPUT, "c9", { reason: 1 });
    expect(onClose.mock.calls[0]?.[0]).toMatchObject({ content: { data: { reason: 1 } } });
    expect(session.comms.comms.size).toBe(0);
    expect(got).toEqual([]);
  });

  it("hear of the end of the session by on_close", async () => {
    const { shiny, session, say } = await setUp({ opens: true });
    const onClose = vi.fn();
    session.comms.register_target("my.target", (comm) => comm.on_close(onClose));
    await say(OPEN_INPUT, "c9", {}, "my.target");
    shiny.disconnect();
    expect(onClose).toHaveBeenCalledOnce();
    expect(session.comms.comms.size).toBe(0);
  });

  it("hear of no end when the server has closed them", async () => {
    const { shiny, session, got, say } = await setUp({ opens: true });
    const onClose = vi.fn();
    session.comms.register_target("my.target", (comm) => comm.on_close(onClose));
    await say(OPEN_INPUT, "c9", {}, "my.target");
    session.comms.get_comm("c9")?.close();
    await shiny.idle();
    shiny.disconnect();
    expect(got.map(([kind]) => kind)).toEqual(["comm_close"]);
    expect(onClose).not.toHaveBeenCalled();
  });

  it("that the server opened are not the browser's to close", async () => {
    const { open, say } = await setUp({ opens: true });
    const comm = open();
    await say(CLOSE_INPUT, "c1", {});
    expect(comm.closed).toBe(false);
  });

  it("are answered with a close where nobody has registered the target, and an error says so", async () => {
    const { session, got, say } = await setUp({ opens: true });
    await expect(say(OPEN_INPUT, "c9", {}, "unknown")).rejects.toThrow('no target "unknown"');
    expect(got.map(([kind]) => kind)).toEqual(["comm_close"]);
    expect(session.comms.comms.size).toBe(0);
  });

  it("are answered with a close where the target's callback fails, with its error", async () => {
    const { session, got, say } = await setUp({ opens: true });
    session.comms.register_target("my.target", () => {
      throw new Error("not today");
    });
    await expect(say(OPEN_INPUT, "c9", {}, "my.target")).rejects.toThrow("not today");
    expect(got.map(([kind]) => kind)).toEqual(["comm_close"]);
  });

  it("are nothing to a stock server, which announces nothing", async () => {
    const announced = vi.fn();
    const { shiny, session, say, got } = await setUp();
    shiny.runtime.addCustomMessageHandler("shiny_comm_server", (payload) => announced(payload));
    const target = vi.fn();
    session.comms.register_target("my.target", target);
    await say(OPEN_INPUT, "c9", {}, "my.target");
    expect([target.mock.calls, announced.mock.calls, got]).toEqual([[], [], []]);
  });

  it("are announced in each session, before it is idle for the first time", async () => {
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

  it("are of the shape that the package's own encoder writes", () => {
    const text = encode({ comm_id: "c9", data: { a: 1 } });
    expect(JSON.parse(text)).toEqual({
      content: { comm_id: "c9", data: { a: 1 } },
      metadata: {},
      buffers: [],
      header: {},
    });
  });
});
