import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decode } from "../../src/comm/codec.js";
import { encodeFrame } from "../../src/comm/frames.js";
import type { ShinySocket } from "../../src/shiny/runtime.js";
import { SocketInterceptor } from "../../src/shiny/socket-interceptor.js";

const TYPE = "shinywidgets_comm_msg";

/** Shiny's envelope: the length of the handler's name, the name, the payload. */
function envelope(type: string, payload: ArrayBuffer): ArrayBuffer {
  const bytes = new Uint8Array(1 + type.length + payload.byteLength);
  bytes[0] = type.length;
  bytes.set(new TextEncoder().encode(type), 1);
  bytes.set(new Uint8Array(payload), 1 + type.length);
  return bytes.buffer;
}

/** Returns the frames of a message `n` with buffers of these sizes; buffers of at least 4 bytes are detached. */
function message(n: number, ...sizes: number[]): ArrayBuffer[] {
  const buffers = sizes.map((size) => new Uint8Array(size).fill(n));
  const header = { content: { comm_id: "c1", data: { n } } };
  const frame = encodeFrame("comm_msg", header, buffers, { detachFromBytes: 4 });
  return [
    envelope(TYPE, frame),
    ...buffers.filter(({ byteLength }) => byteLength >= 4).map(({ buffer }) => buffer),
  ];
}

/** Returns the text of a message `n`, as Python writes it. */
function text(n: number, more: object = {}): string {
  const payload = JSON.stringify({ content: { comm_id: "c1", data: { n } }, ...more });
  return `{"custom": {"${TYPE}": ${JSON.stringify(payload)}}}`;
}

describe("SocketInterceptor", () => {
  /** The deliveries in order: texts and other frames to Shiny, messages to the receiver. */
  let delivered: unknown[];
  let hasOtherListeners: boolean;
  let socket: ShinySocket;
  let interceptor: SocketInterceptor;

  const send = (...data: (string | ArrayBuffer)[]): void => {
    for (const each of data) socket.onmessage?.({ data: each } as MessageEvent);
  };
  /** Returns the decoded message, or the error text. */
  const read = (payload: unknown): unknown => {
    try {
      const { content, buffers } = decode("comm_msg", payload);
      return [content.data.n, ...buffers.map(({ byteLength }) => byteLength)];
    } catch (error) {
      return (error as Error).message;
    }
  };

  const intercept = (): SocketInterceptor =>
    new SocketInterceptor({
      socket,
      shiny: { addCustomMessageHandler: () => undefined },
      receive: (_kind, payload) => void delivered.push(read(payload)),
      session: { hasOtherMessageListeners: () => hasOtherListeners },
      bytesAsText: () => false,
      timeoutMs: 1_000,
    });

  beforeEach(() => {
    vi.useFakeTimers();
    delivered = [];
    hasOtherListeners = false;
    socket = { onmessage: ({ data }) => void delivered.push(data) };
    interceptor = intercept();
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it("the interceptor is not attached to a socket without a listener, and leaves the socket unchanged", () => {
    socket = {};
    expect(intercept().isAttached).toBe(false);
    expect(socket.onmessage).toBeUndefined();
  });

  it("the interceptor can be replaced by a second interceptor after its end", () => {
    interceptor.end();
    expect(intercept().isAttached).toBe(true);
    send("{}", text(1), ...message(2, 8));
    expect(delivered).toEqual(["{}", [1], [2, 8]]);
  });

  it("the interceptor delivers texts as Python and as R write them", () => {
    const fromR = `{"custom":{"${TYPE}":{"content":{"comm_id":"c1","data":{"n":2}}}}}`;
    send(text(1), "{}", fromR);
    expect(delivered).toEqual([[1], "{}", [2]]);
  });

  it.each([
    ["another custom message", '{"custom": {"other": "1"}}'],
    ["a custom message with a similar name", '{"custom": {"shinywidgets_comm_like": "1"}}'],
    ["two custom messages", `{"custom": {"${TYPE}": "{}", "other": 1}}`],
    ["a second field", `{"custom": {"${TYPE}": "{}"}, "values": {}}`],
    ["a repeated key", `{"custom": {"${TYPE}": "{}"}, "custom": null}`],
    ["invalid JSON", `{"custom": {"${TYPE}": "{}"`],
  ])("the interceptor passes a text to Shiny that has %s", (_what, other) => {
    send(other, text(1));
    expect(delivered).toEqual([other, [1]]);
  });

  it("the interceptor passes texts to Shiny while the page has other message listeners", () => {
    hasOtherListeners = true;
    send(text(1), ...message(2));
    hasOtherListeners = false;
    send(text(3));
    expect(delivered).toEqual([text(1), [2], [3]]);
  });

  it("the interceptor keeps the order when a text message arrives between detached buffers", () => {
    const [frame, buffer] = message(1, 8) as [ArrayBuffer, ArrayBuffer];
    send(frame, text(2), "between", buffer, text(3));
    expect(delivered).toEqual([[1, 8], [2], "between", [3]]);
  });

  it("the interceptor delivers binary messages, and passes other frames to Shiny", () => {
    const other = envelope("another", new ArrayBuffer(3));
    send("{}", ...message(1, 2), other, "text");
    expect(delivered).toEqual(["{}", [1, 2], other, "text"]);
  });

  it.each([
    ["empty", []],
    ["an empty name", [0, 1, 2]],
    ["a name longer than the frame", [200, 1, 2]],
    ["a name without a payload", [2, 65, 66]],
  ])("the interceptor passes frames without a valid envelope to Shiny: %s", (_what, bytes) => {
    const frame = Uint8Array.from(bytes).buffer;
    send(frame, ...message(1));
    expect(delivered).toEqual([frame, [1]]);
  });

  it("the interceptor delivers a message after its detached buffers arrived", () => {
    const [frame, first, second] = message(1, 5, 2, 6) as [ArrayBuffer, ArrayBuffer, ArrayBuffer];
    send(frame, first);
    expect(delivered).toEqual([]);
    send(second);
    expect(delivered).toEqual([[1, 5, 2, 6]]);
  });

  it("the interceptor keeps the order with texts before, between and after detached buffers", () => {
    const [frame, buffer] = message(1, 8) as [ArrayBuffer, ArrayBuffer];
    send("before", frame, "between", "and", buffer, "after", ...message(2, 9));
    expect(delivered).toEqual(["before", [1, 8], "between", "and", "after", [2, 9]]);
  });

  it("the interceptor rejects a message when another frame arrives instead of a buffer, and delivers that frame", () => {
    const [frame] = message(1, 8) as [ArrayBuffer];
    send(frame, "between", ...message(2, 9));
    expect(delivered).toEqual([
      "cannot decode comm_msg for comm c1: binary frame: detached buffer 0 is missing (expected 8 bytes, got none)",
      "between",
      [2, 9],
    ]);
  });

  it("the interceptor rejects an incomplete message when another delivery waited for the timeout", () => {
    const [frame, first] = message(1, 8, 8) as [ArrayBuffer, ArrayBuffer];
    send(frame);
    vi.advanceTimersByTime(10_000);
    send("text");
    vi.advanceTimersByTime(900);
    send(first);
    vi.advanceTimersByTime(999);
    expect(delivered).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(delivered).toEqual([
      "cannot decode comm_msg for comm c1: binary frame: detached buffer 1 is missing (expected 8 bytes, got none)",
      "text",
    ]);
    send(...message(2, 9));
    expect(delivered.at(-1)).toEqual([2, 9]);
  });

  it("the interceptor drops an incomplete message and waiting deliveries on end()", () => {
    const [frame] = message(1, 8) as [ArrayBuffer];
    send(frame, "text");
    interceptor.end();
    expect(delivered).toEqual([]);
    send("new");
    expect(delivered).toEqual(["new"]);
  });
});
