import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  HANDLERS,
  type MessageKind,
  PROBE_HANDLER,
  SERVER_HANDLER,
} from "../../src/comm/messages.js";
import { type MessageReceiver, registerMessageHandlers } from "../../src/shiny/message-handlers.js";
import { FakeShiny, stockClient } from "./fake-shiny.js";

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
    probe: vi.fn<MessageReceiver["probe"]>(),
  };
  const undo = registerMessageHandlers(shiny, receiver);
  return { shiny, receiver, undo };
}

describe("registerMessageHandlers", () => {
  it("registerMessageHandlers registers exactly five handlers, each with exactly one declared parameter", () => {
    const { shiny } = setUp();
    expect([...shiny.handlers.keys()].sort()).toEqual(
      [SERVER_HANDLER, PROBE_HANDLER, ...Object.values(HANDLERS)].sort(),
    );
    expect([...shiny.handlers.values()].map((handler) => handler.length)).toEqual([1, 1, 1, 1, 1]);
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

  it("a handler passes the server's probe on", () => {
    const { shiny, receiver } = setUp();
    shiny.deliver(PROBE_HANDLER, "bytes");
    expect(receiver.probe).toHaveBeenCalledExactlyOnceWith("bytes");
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
    registerMessageHandlers(shiny, { receive: vi.fn(), announce: vi.fn(), probe: vi.fn() })();
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
