import { describe, expect, it, vi } from "vitest";
import { decode, encode } from "../../src/comm/codec.js";
import type { CommMsgMessage, JsonObject } from "../../src/comm/messages.js";
import { PacedTransport } from "../../src/connection/paced-transport.js";
import { setPacing } from "../../src/connection/pacing.js";
import { InputSender } from "../../src/shiny/input-sender.js";
import { ShinySession } from "../../src/shiny/session.js";
import { fakeShiny, settled, useFakePage } from "./fake-page.js";

const page = useFakePage();

function setUp() {
  const fake = fakeShiny();
  const onError = vi.fn<(error: Error) => void>();
  const runtime = () => fake.shiny;
  const session = new ShinySession({ runtime });
  const sender = new InputSender({ runtime, session, onError });
  const transport = new PacedTransport({ sender, session, onError });
  session.start();

  /** Sends an update of some traits, as a model does. `status` is called when the server is done. */
  const update = (traits: JsonObject, comm_id = "c1") => {
    const status = vi.fn();
    const message = { comm_id, data: { method: "update", state: traits, buffer_paths: [] } };
    const msg_id = transport.send(message, encode(message), status);
    return { msg_id, status };
  };
  const custom = (content: unknown): string => {
    const message = { comm_id: "c1", data: { method: "custom", content } };
    return transport.send(message, encode(message), undefined);
  };
  /** Returns the data of the messages sent so far. */
  const sent = async (): Promise<unknown[]> => {
    await settled();
    return fake.texts().map((text) => JSON.parse(text as string).content.data);
  };
  return { ...fake, transport, onError, update, custom, sent };
}

function message(data: JsonObject, comm_id = "c1"): CommMsgMessage {
  return decode("comm_msg", { content: { comm_id, data } });
}

const echoOf = (state: unknown, comm_id = "c1"): CommMsgMessage =>
  message({ method: "echo_update", state, buffer_paths: [] }, comm_id);

const frames = (...messages: JsonObject[]): void => {
  for (const frame of messages) {
    page().trigger("shiny:message", { message: frame });
    if (frame.busy) page().trigger(`shiny:${frame.busy}`);
  }
};

describe("PacedTransport", () => {
  it("the transport returns a unique id for each message", () => {
    const { update, custom } = setUp();
    const ids = [update({ a: 1 }).msg_id, update({ a: 1 }, "c2").msg_id, custom({}), custom({})];
    expect(new Set(ids).size).toBe(4);
    expect(ids).not.toContain("");
  });

  it("the transport calls onIdle of an update after its echo was handled", async () => {
    const { transport, update } = setUp();
    const { msg_id, status } = update({ a: 1 });
    const echo = echoOf({ a: 1 });
    transport.received(echo);
    expect(echo.parent_header).toEqual({ msg_id });
    expect(status).not.toHaveBeenCalled();
    await settled();
    expect(status).toHaveBeenCalledOnce();
  });

  it("the transport matches the echo of a binary trait by its buffer path", async () => {
    const { transport } = setUp();
    const data = { state: {}, buffer_paths: [["a"]] };
    const buffers = [new Uint8Array([1, 2])];
    const update = { comm_id: "c1", data: { method: "update", ...data }, buffers };
    const msg_id = transport.send(update, encode(update), vi.fn());
    const echo = decode("comm_msg", {
      content: { comm_id: "c1", data: { method: "echo_update", ...data } },
      buffers: ["AQI="],
    }) as CommMsgMessage;
    transport.received(echo);
    expect(echo.parent_header).toEqual({ msg_id });
  });

  it("the transport calls onIdle when Shiny is idle and no echo arrives", async () => {
    const { update } = setUp();
    const { status } = update({ a: 1 });
    frames({ busy: "busy" });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(status).not.toHaveBeenCalled();
    frames({ busy: "idle" }, { values: {}, errors: {}, inputMessages: [] });
    await vi.advanceTimersByTimeAsync(250);
    expect(status).toHaveBeenCalledOnce();
  });

  it.each<[string, JsonObject | undefined]>([
    ["a custom message", { custom: { a: 1 } }],
    ["an event without a frame", undefined],
  ])("the transport does not call onIdle at %s", async (_what, frame) => {
    const { update } = setUp();
    const { status } = update({ a: 1 });
    page().trigger("shiny:message", frame ? { message: frame } : {});
    await vi.advanceTimersByTimeAsync(1_900);
    expect(status).not.toHaveBeenCalled();
  });

  it("the transport calls onIdle of pending updates once when the session ends", async () => {
    const { shinyapp, onError, update } = setUp();
    const { status } = update({ a: 1 });
    await settled();
    shinyapp.$socket = null;
    page().trigger("shiny:disconnected");
    await vi.advanceTimersByTimeAsync(100_000);
    expect(status).toHaveBeenCalledOnce();
    expect(onError).not.toHaveBeenCalled();
  });

  it("an error of onIdle is reported, and the next update is sent", async () => {
    const { transport, onError, update, sent } = setUp();
    for (const a of [1, 2]) {
      update({ a }).status.mockImplementation(() => {
        throw new TypeError("broken onIdle");
      });
    }
    transport.received(echoOf({ a: 1 }));
    expect(await sent()).toMatchObject([{ state: { a: 1 } }, { state: { a: 2 } }]);
    expect(onError.mock.calls).toEqual([
      [expect.objectContaining({ code: "HANDLER", comm_id: "c1" })],
    ]);
    page().trigger("shiny:disconnected");
    expect(onError).toHaveBeenCalledTimes(2);
  });

  it("the transport reports waiting updates once when the session ends", async () => {
    const { shinyapp, onError, update, sent } = setUp();
    update({ a: 1 });
    update({ a: 2 });
    update({ a: 1 }, "c2");
    update({ a: 2 }, "c2");
    await settled();
    shinyapp.$socket = null;
    page().trigger("shiny:disconnected");
    expect(await sent()).toHaveLength(2);
    expect(onError).toHaveBeenCalledOnce();
  });

  it("the transport sends messages without a state and without onIdle", async () => {
    const { transport, sent } = setUp();
    for (const data of [null, {}, { method: "update" }, { method: "custom" }]) {
      const outgoing = { comm_id: "c1", data };
      transport.send(outgoing, encode(outgoing), undefined);
    }
    expect(await sent()).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("the transport throttles custom messages by the page's policy, but no update", async () => {
    const { custom, update, sent } = setUp();
    for (let x = 0; x < 5; x += 1) custom({ type: "mousemove", x });
    custom({ type: "click" });
    update({ type: "mousemove" });
    frames({ busy: "busy" }, { busy: "idle" }, { values: {} });
    await vi.advanceTimersByTimeAsync(50);
    expect((await sent()).map((data) => (data as { content?: unknown }).content)).toEqual([
      { type: "mousemove", x: 0 },
      { type: "mousemove", x: 4 },
      { type: "click" },
      undefined,
    ]);
  });

  it("the transport sends each message when the policy throws, and reports the error", async () => {
    const { custom, sent, onError } = setUp();
    setPacing({
      throttle: () => {
        throw new Error("bad policy");
      },
    });
    custom({ type: "mousemove" });
    setPacing(undefined);
    expect(await sent()).toHaveLength(1);
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: "HANDLER" });
  });

  it.each<[string, CommMsgMessage]>([
    ["an echo for another comm", echoOf({ a: 1 }, "c2")],
    ["an echo of another trait", echoOf({ b: 1 })],
    ["an update by the server", message({ method: "update", state: { a: 1 } })],
    ["a custom message", message({ method: "custom", content: {} })],
    ["an echo without a state", echoOf(undefined)],
    ["an echo of null", echoOf(null)],
    ["an echo of text", echoOf("text")],
  ])("the transport matches no update with %s", async (_what, received) => {
    const { transport, update } = setUp();
    const { status } = update({ a: 1 });
    expect(() => transport.received(received)).not.toThrow();
    await settled();
    expect(received.parent_header).toBeUndefined();
    expect(status).not.toHaveBeenCalled();
  });

  it("the transport drops the pending updates of a forgotten comm", async () => {
    const { transport, update } = setUp();
    const { status } = update({ a: 1 });
    transport.forget("c1");
    const echo = echoOf({ a: 1 });
    transport.received(echo);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(echo.parent_header).toBeUndefined();
    expect(status).not.toHaveBeenCalled();
  });

  it("the transport removes its session listeners on dispose", () => {
    const listeners = new Set<string>();
    const session = {
      state: "open",
      epoch: 1,
      supportsOpens: false,
      connected: () => Promise.resolve(),
      on(event: string) {
        listeners.add(event);
        return () => void listeners.delete(event);
      },
    } as const;
    const onError = vi.fn();
    const sender = new InputSender({ runtime: () => fakeShiny().shiny, session, onError });
    sender.dispose();
    const transport = new PacedTransport({ sender, session, onError });
    const data = { method: "update", state: { a: 1 } };
    const update = { comm_id: "c1", data };
    transport.send(update, encode(update), vi.fn());
    expect([...listeners]).toEqual(["busy", "idle", "closed", "flushed"]);
    transport.dispose();
    expect([...listeners]).toEqual([]);
    transport.forget("c1");
  });

  it("the transport listens to frames only while an answer is pending", async () => {
    const { update, transport } = setUp();
    const listening = () => page().listeners.get("shiny:message")?.size ?? 0;
    frames({ config: {} }, { busy: "idle" });
    expect(listening()).toBe(0);
    update({ a: 1 });
    expect(listening()).toBe(1);
    transport.received(echoOf({ a: 1 }));
    await settled();
    frames({ values: {} });
    expect(listening()).toBe(0);
  });
});
