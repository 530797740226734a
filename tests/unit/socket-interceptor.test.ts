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

/** A message `n` with buffers of these sizes; those of 4 bytes on come after it. */
function message(n: number, ...sizes: number[]): ArrayBuffer[] {
  const buffers = sizes.map((size) => new Uint8Array(size).fill(n));
  const header = { content: { comm_id: "c1", data: { n } } };
  const frame = encodeFrame("comm_msg", header, buffers, { detachFromBytes: 4 });
  return [
    envelope(TYPE, frame),
    ...buffers.filter(({ byteLength }) => byteLength >= 4).map(({ buffer }) => buffer),
  ];
}

/** The same as a text, as Python writes it. */
function text(n: number, more: object = {}): string {
  const payload = JSON.stringify({ content: { comm_id: "c1", data: { n } }, ...more });
  return `{"custom": {"${TYPE}": ${JSON.stringify(payload)}}}`;
}

describe("the comms' frames of a socket", () => {
  /** What came, in order: texts and other frames to Shiny, messages to us. */
  let came: unknown[];
  let followed: boolean;
  let socket: ShinySocket;
  let interceptor: SocketInterceptor;

  const send = (...data: (string | ArrayBuffer)[]): void => {
    for (const each of data) socket.onmessage?.({ data: each } as MessageEvent);
  };
  /** As they would be read, or what is wrong with them. */
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
      receive: (_kind, payload) => void came.push(read(payload)),
      session: { hasOtherMessageListeners: () => followed },
      timeoutMs: 1_000,
    });

  beforeEach(() => {
    vi.useFakeTimers();
    came = [];
    followed = false;
    socket = { onmessage: ({ data }) => void came.push(data) };
    interceptor = intercept();
  });
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it("a socket without a listener supports version 1 alone, and stays as it is", () => {
    socket = {};
    expect(intercept().version).toBe(1);
    expect(socket.onmessage).toBeUndefined();
  });

  it("a second interceptor of a socket replaces the first, which has ended", () => {
    interceptor.end();
    expect(intercept().version).toBe(2);
    send("{}", text(1), ...message(2, 8));
    expect(came).toEqual(["{}", [1], [2, 8]]);
  });

  it("are taken when they are texts, as Python and as R write them", () => {
    const fromR = `{"custom":{"${TYPE}":{"content":{"comm_id":"c1","data":{"n":2}}}}}`;
    send(text(1), "{}", fromR);
    expect(came).toEqual([[1], "{}", [2]]);
  });

  it.each([
    ["another custom message", '{"custom": {"other": "1"}}'],
    ["another whose name begins alike", '{"custom": {"shinywidgets_comm_like": "1"}}'],
    ["two custom messages", `{"custom": {"${TYPE}": "{}", "other": 1}}`],
    ["something else beside it", `{"custom": {"${TYPE}": "{}"}, "values": {}}`],
    ["something else in its place", `{"custom": {"${TYPE}": "{}"}, "custom": null}`],
    ["no JSON", `{"custom": {"${TYPE}": "{}"`],
  ])("go on to Shiny when a text has %s", (_what, other) => {
    send(other, text(1));
    expect(came).toEqual([other, [1]]);
  });

  it("go on to Shiny when they are texts and somebody follows these", () => {
    followed = true;
    send(text(1), ...message(2));
    followed = false;
    send(text(3));
    expect(came).toEqual([text(1), [2], [3]]);
  });

  it("keep the order when a text of theirs comes among the buffers of another", () => {
    const [frame, buffer] = message(1, 8) as [ArrayBuffer, ArrayBuffer];
    send(frame, text(2), "between", buffer, text(3));
    expect(came).toEqual([[1, 8], [2], "between", [3]]);
  });

  it("are taken with what is in them, and all else goes on to Shiny", () => {
    const other = envelope("another", new ArrayBuffer(3));
    send("{}", ...message(1, 2), other, "text");
    expect(came).toEqual(["{}", [1, 2], other, "text"]);
  });

  it.each([
    ["empty", []],
    ["no name", [0, 1, 2]],
    ["a name that is longer than the frame", [200, 1, 2]],
    ["a name and no payload", [2, 65, 66]],
  ])("that have no envelope go on to Shiny: %s", (_what, bytes) => {
    const frame = Uint8Array.from(bytes).buffer;
    send(frame, ...message(1));
    expect(came).toEqual([frame, [1]]);
  });

  it("are delivered with the buffers that came after them, and not before", () => {
    const [frame, first, second] = message(1, 5, 2, 6) as [ArrayBuffer, ArrayBuffer, ArrayBuffer];
    send(frame, first);
    expect(came).toEqual([]);
    send(second);
    expect(came).toEqual([[1, 5, 2, 6]]);
  });

  it("keep the order with the texts that come before, between and after", () => {
    const [frame, buffer] = message(1, 8) as [ArrayBuffer, ArrayBuffer];
    send("before", frame, "between", "and", buffer, "after", ...message(2, 9));
    expect(came).toEqual(["before", [1, 8], "between", "and", "after", [2, 9]]);
  });

  it("are refused when another frame comes in the place of a buffer, which is taken as it is", () => {
    const [frame] = message(1, 8) as [ArrayBuffer];
    send(frame, "between", ...message(2, 9));
    expect(came).toEqual([
      "cannot decode comm_msg for comm c1: binary frame: detached buffer 0 is missing (expected 8 bytes, got none)",
      "between",
      [2, 9],
    ]);
  });

  it("are refused when something else has waited for long, and that comes then", () => {
    const [frame, first] = message(1, 8, 8) as [ArrayBuffer, ArrayBuffer];
    send(frame);
    vi.advanceTimersByTime(10_000);
    send("text");
    vi.advanceTimersByTime(900);
    send(first);
    vi.advanceTimersByTime(999);
    expect(came).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(came).toEqual([
      "cannot decode comm_msg for comm c1: binary frame: detached buffer 1 is missing (expected 8 bytes, got none)",
      "text",
    ]);
    send(...message(2, 9));
    expect(came.at(-1)).toEqual([2, 9]);
  });

  it("are forgotten when the session ends, and so is what waited", () => {
    const [frame] = message(1, 8) as [ArrayBuffer];
    send(frame, "text");
    interceptor.end();
    expect(came).toEqual([]);
    send("new");
    expect(came).toEqual(["new"]);
  });
});
