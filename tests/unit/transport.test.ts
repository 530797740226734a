import type { ICallbacks } from "@jupyter-widgets/base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decode, encode } from "../../src/comm/codec.js";
import { NotConnectedError } from "../../src/comm/errors.js";
import type { CommMsgMessage, JsonObject } from "../../src/comm/messages.js";
import type { ShinyEvent, ShinyRuntime } from "../../src/shiny/runtime.js";
import { ShinyTransport } from "../../src/shiny/transport.js";

const INPUT = "shinywidgets_comm_send";
const ANSWER_MS = 2_000;

/** The page's jQuery events, and whether there is a submit button. */
class FakePage {
  readonly listeners = new Map<string, Set<(event: ShinyEvent) => void>>();
  submitButton = false;

  readonly document = {
    querySelector: (selector: string): unknown =>
      selector === ".shiny-submit-button" && this.submitButton ? {} : null,
  };

  readonly jQuery = (target: unknown) => {
    if (target !== this.document) throw new Error("Shiny's events come from the document");
    return {
      find: () => undefined,
      on: (name: string, listener: (event: ShinyEvent) => void) => {
        const listeners = this.listeners.get(name) ?? new Set();
        this.listeners.set(name, listeners.add(listener));
      },
      off: (name: string, listener: (event: ShinyEvent) => void) => {
        this.listeners.get(name)?.delete(listener);
      },
    };
  };

  trigger(name: string, event: ShinyEvent = {}): void {
    for (const listener of this.listeners.get(name) ?? []) listener(event);
  }
}

let page: FakePage;

beforeEach(() => {
  vi.useFakeTimers();
  page = new FakePage();
  vi.stubGlobal("document", page.document);
  vi.stubGlobal("jQuery", page.jQuery);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function setUp() {
  const setInputValue = vi.fn<NonNullable<ShinyRuntime["setInputValue"]>>();
  const sendInput = vi.fn();
  const isConnected = vi.fn(() => true);
  const $inputValues: JsonObject = {};
  const shiny = {
    setInputValue,
    shinyapp: { isConnected, sendInput, $inputValues },
  } as unknown as ShinyRuntime;
  const state: { shiny: ShinyRuntime | undefined } = { shiny };
  const onError = vi.fn<(error: Error) => void>();
  const transport = new ShinyTransport({ runtime: () => state.shiny, onError });

  /** Sends an update of some traits, as a model does; `status` hears when the server is done. */
  const update = (traits: JsonObject, comm_id = "c1") => {
    const status = vi.fn();
    const callbacks = { iopub: { status } } as ICallbacks;
    const message = { comm_id, data: { method: "update", state: traits, buffer_paths: [] } };
    const msg_id = transport.send(message, encode(message), callbacks);
    return { msg_id, status };
  };
  return { state, transport, onError, setInputValue, sendInput, isConnected, $inputValues, update };
}

function message(data: JsonObject, comm_id = "c1"): CommMsgMessage {
  return decode("comm_msg", { content: { comm_id, data } });
}

const echoOf = (state: JsonObject, comm_id = "c1"): CommMsgMessage =>
  message({ method: "echo_update", state, buffer_paths: [] }, comm_id);

/** Lets all microtasks run. */
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe("ShinyTransport.send", () => {
  it("sets the input that the server listens to, as an event", () => {
    const { transport, setInputValue } = setUp();
    transport.send({ comm_id: "c1", data: {} }, "text", undefined);
    expect(setInputValue).toHaveBeenCalledExactlyOnceWith(INPUT, "text", { priority: "event" });
  });

  it("returns an id of each message's own", () => {
    const { update } = setUp();
    const ids = [update({ a: 1 }), update({ a: 1 }), update({ a: 1 }, "c2")].map((u) => u.msg_id);
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain("");
  });

  it("takes away what Shiny would send again to a new session", () => {
    const { transport, setInputValue, $inputValues } = setUp();
    setInputValue.mockImplementation((name, value) => {
      $inputValues[name] = value;
      $inputValues.another = 1;
    });
    transport.send({ comm_id: "c1", data: {} }, "text", undefined);
    expect($inputValues).toEqual({ another: 1 });
  });

  it("passes the submit button by, which would hold the message back", () => {
    const { transport, setInputValue, sendInput, $inputValues } = setUp();
    page.submitButton = true;
    sendInput.mockImplementation((values: JsonObject) => Object.assign($inputValues, values));
    transport.send({ comm_id: "c1", data: {} }, "text", undefined);
    expect(sendInput).toHaveBeenCalledExactlyOnceWith({ [INPUT]: "text" });
    expect(setInputValue).not.toHaveBeenCalled();
    expect($inputValues).toEqual({});
  });

  it("reads the runtime anew at each send", () => {
    const { state, transport, setInputValue } = setUp();
    const { shiny } = state;
    state.shiny = undefined;
    transport.send({ comm_id: "c1", data: {} }, "early", undefined);
    state.shiny = shiny;
    transport.send({ comm_id: "c1", data: {} }, "late", undefined);
    expect(setInputValue.mock.calls.map(([, text]) => text)).toEqual(["late"]);
  });
});

describe("without a Shiny session", () => {
  const offline: [string, (all: ReturnType<typeof setUp>) => void][] = [
    ["Shiny is not there", ({ state }) => void Object.assign(state, { shiny: undefined })],
    [
      "Shiny is not initialised",
      ({ state }) => void Object.assign(state, { shiny: { shinyapp: undefined } }),
    ],
    ["Shiny is disconnected", ({ isConnected }) => void isConnected.mockReturnValue(false)],
  ];

  it.each(offline)("one NotConnectedError is reported, not one a message, when %s", (_w, go) => {
    const all = setUp();
    go(all);
    all.update({ a: 1 });
    all.update({ a: 2 }, "c2");
    expect(all.onError).toHaveBeenCalledOnce();
    expect(all.onError.mock.calls[0]?.[0]).toBeInstanceOf(NotConnectedError);
    expect(all.onError.mock.calls[0]?.[0]).toMatchObject({ comm_id: "c1" });
  });

  it.each(offline)("nothing is sent, and an id is returned all the same, when %s", (_w, go) => {
    const all = setUp();
    go(all);
    expect(all.update({ a: 1 }).msg_id).not.toBe("");
    expect(all.setInputValue).not.toHaveBeenCalled();
    expect(all.sendInput).not.toHaveBeenCalled();
  });

  it.each(offline)(
    "a model is told once that it need not wait, after the send, when %s",
    async (_w, go) => {
      const all = setUp();
      go(all);
      const { status } = all.update({ a: 1 });
      expect(status).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(2 * ANSWER_MS);
      expect(status).toHaveBeenCalledOnce();
      expect(status.mock.calls[0]?.[0]).toMatchObject({ content: { execution_state: "idle" } });
    },
  );

  it("the trouble is reported anew when it comes again after a connection", () => {
    const { transport, isConnected, onError, update } = setUp();
    transport.listen();
    isConnected.mockReturnValue(false);
    update({ a: 1 });
    page.trigger("shiny:connected");
    update({ a: 2 });
    expect(onError).toHaveBeenCalledTimes(2);
  });
});

describe("the status of a message", () => {
  it("stays open while no answer comes", async () => {
    const { update } = setUp();
    const { status } = update({ a: 1 });
    await vi.advanceTimersByTimeAsync(ANSWER_MS - 1);
    expect(status).not.toHaveBeenCalled();
  });

  it("is idle after two seconds without an answer", async () => {
    const { update } = setUp();
    const { status } = update({ a: 1 });
    await vi.advanceTimersByTimeAsync(ANSWER_MS);
    expect(status).toHaveBeenCalledOnce();
    expect(status.mock.calls[0]?.[0]).toMatchObject({
      header: { msg_type: "status" },
      content: { execution_state: "idle" },
    });
  });

  it("is idle once the echo has been taken in, and not before", async () => {
    const { transport, update } = setUp();
    const { status } = update({ a: 1 });
    transport.received(echoOf({ a: 1 }));
    expect(status).not.toHaveBeenCalled();
    await settled();
    expect(status).toHaveBeenCalledOnce();
  });

  it("is owed to nobody once the comm is forgotten", async () => {
    const { transport, update } = setUp();
    const { status } = update({ a: 1 });
    transport.forget("c1");
    await vi.advanceTimersByTimeAsync(2 * ANSWER_MS);
    expect(status).not.toHaveBeenCalled();
  });

  it("is idle with the next values frame", () => {
    const { transport, update } = setUp();
    transport.listen();
    const one = update({ a: 1 });
    const two = update({ a: 1 }, "c2");
    page.trigger("shiny:message", { message: { values: {} } });
    expect(one.status).toHaveBeenCalledOnce();
    expect(two.status).toHaveBeenCalledOnce();
  });

  it.each<[string, ShinyEvent]>([
    ["a frame of another sort", { message: { busy: "busy" } }],
    ["an event without a frame", {}],
  ])("is not changed by %s", (_what, event) => {
    const { transport, update } = setUp();
    transport.listen();
    const { status } = update({ a: 1 });
    page.trigger("shiny:message", event);
    expect(status).not.toHaveBeenCalled();
  });

  it("is idle once only, whatever else comes", async () => {
    const { transport, update } = setUp();
    transport.listen();
    const { status } = update({ a: 1 });
    page.trigger("shiny:message", { message: { values: {} } });
    transport.received(echoOf({ a: 1 }));
    page.trigger("shiny:message", { message: { values: {} } });
    await vi.advanceTimersByTimeAsync(2 * ANSWER_MS);
    expect(status).toHaveBeenCalledOnce();
  });

  it("leaves no timer behind when the answer came", () => {
    const { transport, update } = setUp();
    transport.listen();
    update({ a: 1 });
    expect(vi.getTimerCount()).toBe(1);
    page.trigger("shiny:message", { message: { values: {} } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes no timer when nobody asks for it", () => {
    const { transport } = setUp();
    transport.send({ comm_id: "c1", data: {} }, "text", { iopub: {} });
    transport.send({ comm_id: "c1", data: {} }, "text", undefined);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is idle for a custom message too, whose data may be anything", async () => {
    const { transport } = setUp();
    const status = vi.fn();
    transport.send({ comm_id: "c1", data: null }, "text", { iopub: { status } });
    await vi.advanceTimersByTimeAsync(ANSWER_MS);
    expect(status).toHaveBeenCalledOnce();
  });

  it("is not told by frames after the undo of listen", () => {
    const { transport, update } = setUp();
    transport.listen()();
    const { status } = update({ a: 1 });
    page.trigger("shiny:message", { message: { values: {} } });
    expect(status).not.toHaveBeenCalled();
  });

  it("needs no jQuery to listen", () => {
    vi.stubGlobal("jQuery", undefined);
    const { transport } = setUp();
    expect(() => transport.listen()()).not.toThrow();
  });
});

describe("an echo", () => {
  it("names the message that it answers", () => {
    const { transport, update } = setUp();
    const { msg_id } = update({ a: 1 });
    const echo = echoOf({ a: 1 });
    transport.received(echo);
    expect(echo.parent_header).toEqual({ msg_id });
  });

  it("answers updates of the same trait in their order", () => {
    const { transport, update } = setUp();
    const sent = [update({ a: 1 }), update({ a: 2 })];
    const echoes = [echoOf({ a: 1 }), echoOf({ a: 2 })];
    for (const echo of echoes) transport.received(echo);
    expect(echoes.map((echo) => echo.parent_header)).toEqual(
      sent.map(({ msg_id }) => ({ msg_id })),
    );
  });

  it("answers an update of which it echoes some traits only", () => {
    const { transport, update } = setUp();
    const { msg_id } = update({ a: 1, b: 2 });
    const echo = echoOf({ b: 2 });
    transport.received(echo);
    expect(echo.parent_header).toEqual({ msg_id });
  });

  it("tells that an update before it, which has no echo, is past", async () => {
    const { transport, update } = setUp();
    const silent = update({ a: 1 });
    const echoed = update({ b: 2 });
    const echo = echoOf({ b: 2 });
    transport.received(echo);
    await settled();
    expect(echo.parent_header).toEqual({ msg_id: echoed.msg_id });
    expect(silent.status).toHaveBeenCalledOnce();
    expect(echoed.status).toHaveBeenCalledOnce();
  });

  it("leaves an update behind it waiting", async () => {
    const { transport, update } = setUp();
    update({ a: 1 });
    const second = update({ a: 2 });
    transport.received(echoOf({ a: 1 }));
    await settled();
    expect(second.status).not.toHaveBeenCalled();
  });

  it("is matched still when a values frame came before it", () => {
    const { transport, update } = setUp();
    transport.listen();
    const { msg_id } = update({ a: 1 });
    page.trigger("shiny:message", { message: { values: {} } });
    const echo = echoOf({ a: 1 });
    transport.received(echo);
    expect(echo.parent_header).toEqual({ msg_id });
  });

  it("is matched with the last eight messages only, of those that a values frame settled", () => {
    const { transport, update } = setUp();
    transport.listen();
    update({ forgotten: 1 });
    const { msg_id } = update({ kept: 1 });
    for (let n = 0; n < 7; n += 1) update({ a: n });
    page.trigger("shiny:message", { message: { values: {} } });
    const echoes = [echoOf({ forgotten: 1 }), echoOf({ kept: 1 })];
    for (const echo of echoes) transport.received(echo);
    expect(echoes.map((echo) => echo.parent_header)).toEqual([undefined, { msg_id }]);
  });

  it.each<[string, CommMsgMessage]>([
    ["an echo for another comm", echoOf({ a: 1 }, "c2")],
    ["an echo of another trait", echoOf({ b: 1 })],
    ["an update of the server's own", message({ method: "update", state: { a: 1 } })],
    ["a custom message", message({ method: "custom", content: {} })],
  ])("is not seen in %s", async (_what, received) => {
    const { transport, update } = setUp();
    const { status } = update({ a: 1 });
    transport.received(received);
    await settled();
    expect(received.parent_header).toBeUndefined();
    expect(status).not.toHaveBeenCalled();
  });

  it.each([undefined, null, "text", 1])("does no harm with a state that is %j", (state) => {
    const { transport, update } = setUp();
    update({ a: 1 });
    const echo = message({ method: "echo_update", state });
    expect(() => transport.received(echo)).not.toThrow();
  });

  it("answers nothing that was sent before the comm was forgotten", () => {
    const { transport, update } = setUp();
    update({ a: 1 });
    transport.forget("c1");
    const echo = echoOf({ a: 1 });
    transport.received(echo);
    expect(echo.parent_header).toBeUndefined();
  });
});
