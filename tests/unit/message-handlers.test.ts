import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeFrame } from "../../src/comm/frames.js";
import { HANDLERS, type MessageKind, SERVER_HANDLER } from "../../src/comm/messages.js";
import {
  type MessageReceiver,
  negotiateFrames,
  registerMessageHandlers,
} from "../../src/shiny/message-handlers.js";
import type { ShinyRuntime, ShinySocket } from "../../src/shiny/runtime.js";
import { ShinySession } from "../../src/shiny/session.js";
import { SocketInterceptor } from "../../src/shiny/socket-interceptor.js";
import { useFakePage } from "./fake-page.js";
import { FakeShiny, stockClient } from "./fake-shiny.js";

const page = useFakePage();
const KINDS = Object.keys(HANDLERS) as MessageKind[];
const warn = vi.spyOn(console, "warn");
beforeEach(() => void warn.mockReset().mockImplementation(() => undefined));
afterEach(() => vi.unstubAllGlobals());

function setUp(before: (shiny: FakeShiny) => void = () => undefined) {
  const shiny = new FakeShiny();
  before(shiny);
  const receiver = {
    receive: vi.fn<MessageReceiver["receive"]>(),
    announce: vi.fn<MessageReceiver["announce"]>(),
  };
  const undo = registerMessageHandlers(shiny, receiver);
  return { shiny, receiver, undo };
}

describe("registerMessageHandlers", () => {
  it("registerMessageHandlers registers exactly four handlers, each with exactly one declared parameter", () => {
    const { shiny } = setUp();
    expect([...shiny.handlers.keys()].sort()).toEqual(
      [SERVER_HANDLER, ...Object.values(HANDLERS)].sort(),
    );
    expect([...shiny.handlers.values()].map((handler) => handler.length)).toEqual([1, 1, 1, 1]);
  });

  it.each(KINDS)(
    "a handler passes the payload of a %s on, and returns nothing to await",
    (kind) => {
      const { shiny, receiver } = setUp();
      receiver.receive.mockReturnValue(Promise.resolve() as never);
      expect(shiny.deliver(HANDLERS[kind], "payload")).toBeUndefined();
      expect(receiver.receive).toHaveBeenCalledExactlyOnceWith(kind, "payload");
    },
  );

  it("a handler passes the server's announcement on", () => {
    const { shiny, receiver } = setUp();
    shiny.deliver(SERVER_HANDLER, { version: 1 });
    expect(receiver.announce).toHaveBeenCalledExactlyOnceWith({ version: 1 });
  });

  it("handlers of other names can be registered, without a warning", () => {
    const { shiny } = setUp();
    const other = vi.fn((_payload: unknown) => undefined);
    shiny.addCustomMessageHandler("another", other);
    shiny.deliver("another", 1);
    expect(other).toHaveBeenCalledExactlyOnceWith(1);
    expect(warn).not.toHaveBeenCalled();
  });

  it("Shiny's error for another script's invalid handler reaches that script", () => {
    const { shiny } = setUp();
    expect(() => shiny.addCustomMessageHandler("another", () => undefined)).toThrow(/one argument/);
  });

  it("handlers of a stock client that came before are replaced", () => {
    let payloads: unknown[] = [];
    const { shiny, receiver } = setUp((runtime) => {
      payloads = stockClient(runtime);
    });
    shiny.deliver(HANDLERS.comm_msg, "payload");
    expect(payloads).toEqual([]);
    expect(receiver.receive).toHaveBeenCalledExactlyOnceWith("comm_msg", "payload");
  });

  it("handlers of a stock client that comes after are rejected, with one warning", () => {
    const { shiny, receiver } = setUp();
    const payloads = stockClient(shiny);
    for (const kind of KINDS) shiny.deliver(HANDLERS[kind], kind);
    expect(payloads).toEqual([]);
    expect(receiver.receive.mock.calls.map(([kind]) => kind)).toEqual(KINDS);
    expect(warn).toHaveBeenCalledOnce();
    expect(String(warn.mock.calls[0]?.[0])).toContain("ipywidget-output-binding");
  });

  it("the undo leaves the handlers without effect", () => {
    const { shiny, receiver, undo } = setUp();
    undo();
    for (const kind of KINDS) shiny.deliver(HANDLERS[kind], "payload");
    expect(receiver.receive).not.toHaveBeenCalled();
  });

  it("the undo restores Shiny's function", () => {
    const shiny = new FakeShiny();
    const add = shiny.addCustomMessageHandler;
    registerMessageHandlers(shiny, { receive: vi.fn(), announce: vi.fn() })();
    expect(shiny.addCustomMessageHandler).toBe(add);
  });

  it("after the undo another client can register its handlers, without a warning", () => {
    const { shiny, undo } = setUp();
    undo();
    const payloads = stockClient(shiny);
    shiny.deliver(HANDLERS.comm_open, "payload");
    expect(payloads).toEqual(["payload"]);
    expect(warn).not.toHaveBeenCalled();
  });

  it("the undo keeps another script's wrapper of the function, which then passes all handlers", () => {
    const { shiny, undo } = setUp();
    const guarded = shiny.addCustomMessageHandler;
    const wrapper: typeof guarded = (type, handler) => guarded.call(shiny, type, handler);
    shiny.addCustomMessageHandler = wrapper;
    undo();
    expect(shiny.addCustomMessageHandler).toBe(wrapper);
    const payloads = stockClient(shiny);
    shiny.deliver(HANDLERS.comm_open, "payload");
    expect(payloads).toEqual(["payload"]);
  });
});

describe("negotiateFrames", () => {
  const INPUT = ".shiny_comm_frames:shiny.password";
  const socket = (): ShinySocket => ({ binaryType: "arraybuffer", onmessage: vi.fn() });

  function negotiate(members: Partial<ShinyRuntime>) {
    const { shiny, receiver, undo } = setUp((runtime) => Object.assign(runtime, members));
    const session = new ShinySession({ runtime: () => shiny });
    session.start();
    const { receive } = receiver;
    const undoFrames = negotiateFrames(
      shiny,
      session,
      (socket) => new SocketInterceptor({ socket, shiny, session, receive }),
    );
    return {
      receiver,
      undo() {
        undo();
        undoFrames();
        session.dispose();
      },
    };
  }

  it.each([
    ["3 on a socket with a listener", socket(), 3],
    ["1 on a socket whose frames cannot be intercepted", { binaryType: "arraybuffer" }, 1],
    ["0 on a socket for texts alone", { onmessage: vi.fn() }, 0],
  ])("the initial inputs of each session carry version %s", (_what, $socket, version) => {
    const shinyapp = { sendInput: () => undefined, $socket, $initialInput: {} };
    const { undo } = negotiate({ shinyapp });
    for (const _session of [1, 2]) {
      // A resumed session starts with the inputs of the one before.
      shinyapp.$initialInput = { other: 1, [INPUT]: 2 };
      page().trigger("shiny:connected");
      expect(shinyapp.$initialInput).toEqual({ other: 1, [INPUT]: version });
    }
    undo();
    expect([...page().listeners.values()].every(({ size }) => size === 0)).toBe(true);
  });

  it("a session that is open already gets the version as an input", () => {
    const setInputValue = vi.fn();
    const shinyapp = { sendInput: () => undefined, $socket: { readyState: 1, ...socket() } };
    negotiate({ shinyapp, setInputValue });
    expect(setInputValue).toHaveBeenCalledExactlyOnceWith(INPUT, 3);
  });

  it("binary frames of each session's socket are delivered in Shiny's queue", () => {
    const tasks: (() => unknown)[] = [];
    const shinyapp = {
      sendInput: () => undefined,
      taskQueue: { enqueue: (task: () => unknown) => tasks.push(task) },
      $socket: socket(),
    };
    const { receiver } = negotiate({ shinyapp });
    const type = "shinywidgets_comm_msg";
    const frame = encodeFrame("comm_msg", {}, [new Uint8Array(8)], { detachFromBytes: 8 });
    const data = Uint8Array.of(type.length, ...Buffer.from(type), ...new Uint8Array(frame)).buffer;
    const send = (data: ArrayBuffer) => shinyapp.$socket.onmessage?.({ data } as MessageEvent);
    for (const _session of [1, 2]) {
      // An incomplete message of the session before is not completed in this one.
      shinyapp.$socket = socket();
      page().trigger("shiny:connected");
      send(data);
      send(new ArrayBuffer(8));
      send(data);
      page().trigger("shiny:disconnected");
      send(new ArrayBuffer(8));
    }
    expect(receiver.receive).not.toHaveBeenCalled();
    expect(tasks).toHaveLength(2);
    for (const task of tasks) expect(task()).toBeUndefined();
    expect(receiver.receive.mock.calls).toEqual(
      [1, 2].map(() => [
        "comm_msg",
        expect.objectContaining({
          frame: new Uint8Array(frame),
          detachedBuffers: [new ArrayBuffer(8)],
        }),
      ]),
    );
  });

  it("after the undo no binary frame is delivered", () => {
    const shinyapp = { sendInput: () => undefined, $socket: { readyState: 1, ...socket() } };
    const { receiver, undo } = negotiate({ shinyapp });
    const type = "shinywidgets_comm_msg";
    const data = Uint8Array.of(type.length, ...Buffer.from(type), 1).buffer;
    shinyapp.$socket.onmessage?.({ data } as MessageEvent);
    undo();
    shinyapp.$socket.onmessage?.({ data } as MessageEvent);
    expect(receiver.receive).toHaveBeenCalledOnce();
  });
});
