/** The server side of comms against recorded messages of Python; see scripts/record-comm-vectors.py. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encode } from "../../src/comm/codec.js";
import { HANDLERS, type JsonObject, SEND_INPUT } from "../../src/comm/messages.js";
import {
  type Binary,
  type CommSession,
  createShiny,
  putBuffers,
  pythonJson,
  removeBuffers,
  ServerComm,
  ServerCommManager,
  ServerWidget,
} from "../../src/testing/index.js";

interface Sent {
  handler: string;
  payload: string;
}
interface CommCase {
  name: string;
  op: "open" | "send" | "close";
  data?: unknown;
  metadata?: JsonObject;
  buffers?: string[];
  keys?: JsonObject;
  sent: Sent;
}
interface BufferCase {
  name: string;
  given: JsonObject;
  state: string;
  buffer_paths: (string | number)[][];
  buffers: string[];
}
interface WidgetStep {
  name: string;
  receive?: JsonObject;
  set?: JsonObject;
  send?: unknown;
  buffers?: string[];
  sent: Sent[];
}

const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/server-comm.json", import.meta.url), "utf8"),
) as {
  comms: CommCase[];
  floats: [string, string][];
  limits: Record<string, string>;
  buffers: BufferCase[];
  widgets: { state: JsonObject; opened: Sent[]; steps: WidgetStep[] };
};

const COMM_ID = "000000000000000000000000000000a1";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (buffer: Binary): string =>
  Buffer.from(
    ArrayBuffer.isView(buffer) ? buffer.buffer : buffer,
    ArrayBuffer.isView(buffer) ? buffer.byteOffset : 0,
    buffer.byteLength,
  ).toString("hex");

/** Converts recorded markers to values that JSON does not support. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && typeof first[1] === "string") {
    if (first[0] === "$bytes") return bytes(first[1]);
    if (first[0] === "$int") return BigInt(first[1]);
    if (first[0] === "$date") return new Date(first[1]);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, revive(item)]));
}

/** A session that records the sent messages, in the order of a flush. */
function recordingSession() {
  const flush: (() => void)[] = [];
  const flushed: (() => void)[] = [];
  const sent: Sent[] = [];
  const session: CommSession = {
    ended: false,
    frameVersion: 0,
    onFlush: (send) => {
      flush.push(send);
      return () => undefined;
    },
    onFlushed: (send) => {
      flushed.push(send);
      return () => undefined;
    },
    onEnded: () => () => undefined,
    sendCustomMessage: (handler, payload) => sent.push({ handler, payload: payload as string }),
    sendBinaryMessage: () => undefined,
  };
  const drain = (): Sent[] => {
    for (const send of [...flush.splice(0), ...flushed.splice(0)]) send();
    return sent.splice(0);
  };
  return { session, drain };
}

describe("ServerComm, compared to the Python class", () => {
  it.each(recorded.comms)("ServerComm sends $name as the same bytes", (vector) => {
    const { session, drain } = recordingSession();
    const parts = {
      data: revive(vector.data),
      metadata: vector.metadata,
      buffers: vector.buffers?.map(bytes),
    };
    const comm = new ServerComm({
      comm_id: COMM_ID,
      commManager: new ServerCommManager(session),
      target_name: "jupyter.widget",
      ...(vector.op === "open" && { ...parts, keys: vector.keys }),
    });
    if (vector.op !== "open") {
      drain();
      comm[vector.op](parts.data, parts.metadata, parts.buffers);
    }
    expect(drain()).toEqual([vector.sent]);
  });
});

describe("pythonJson", () => {
  it("pythonJson writes 600 floats as Python does", () => {
    expect(recorded.floats.length).toBeGreaterThan(600);
    for (const [double, text] of recorded.floats) {
      expect(pythonJson(Buffer.from(double, "hex").readDoubleBE())).toBe(text);
    }
  });

  it("pythonJson writes a float without a fraction as an integer", () => {
    expect([recorded.limits["1.0"], pythonJson(1.0)]).toEqual(["1.0", "1"]);
    expect([recorded.limits["1e15"], pythonJson(1e15)]).toEqual([
      "1000000000000000.0",
      "1000000000000000",
    ]);
  });

  it("pythonJson keeps the order of a Map, but not of an object's integer keys", () => {
    const map = new Map(Object.entries({ x: 3 }));
    const ordered = new Map([["10", 1], ["2", 2], ...map]);
    expect(pythonJson(ordered)).toBe(recorded.limits.keys);
    expect(pythonJson(Object.fromEntries(ordered))).toBe('{"2": 2, "10": 1, "x": 3}');
  });
});

describe("removeBuffers, compared to ipywidgets' _remove_buffers", () => {
  it.each(recorded.buffers)("removeBuffers splits $name in the same way", (vector) => {
    const given = revive(vector.given) as JsonObject;
    const { state, buffer_paths, buffers } = removeBuffers(given);
    expect(pythonJson(state)).toBe(vector.state);
    expect(buffer_paths).toEqual(vector.buffer_paths);
    expect(buffers.map(hex)).toEqual(vector.buffers);
  });

  it.each(recorded.buffers)(
    "removeBuffers leaves $name unchanged, and putBuffers restores it",
    (vector) => {
      const given = revive(vector.given) as JsonObject;
      const { state, buffer_paths, buffers } = removeBuffers(given);
      expect(given).toEqual(revive(vector.given));
      const copy = structuredClone(state);
      putBuffers(copy, buffer_paths, buffers);
      expect(copy).toEqual(given);
    },
  );
});

describe("ServerWidget, compared to ipywidgets", () => {
  it("ServerWidget sends the same messages as Python's widget at each step", async () => {
    const shiny = createShiny();
    const sent: Sent[] = [];
    for (const handler of Object.values(HANDLERS)) {
      shiny.runtime.addCustomMessageHandler(handler, (payload) => {
        sent.push({ handler, payload: payload as string });
      });
    }
    const session = await shiny.connect();
    const widget = new ServerWidget({
      commManager: session.comms,
      model_id: COMM_ID,
      state: revive(recorded.widgets.state) as JsonObject,
      echo: (trait) => trait !== "quiet",
    });
    widget.onChange(() => widget.set({ limited: Math.min(widget.get("limited") as number, 10) }));
    await shiny.idle();
    expect(sent.splice(0)).toEqual(recorded.widgets.opened);
    for (const step of recorded.widgets.steps) {
      if (step.receive) {
        const { buffers, ...data } = removeBuffers(revive(step.receive) as JsonObject);
        const message = { comm_id: COMM_ID, data: { method: "update", ...data }, buffers };
        shiny.runtime.setInputValue?.(SEND_INPUT, encode(message), { priority: "event" });
      } else if (step.set) {
        widget.set(revive(step.set) as JsonObject);
      } else if (step.send) {
        widget.send(step.send, step.buffers?.map(bytes));
      } else {
        const message = { comm_id: COMM_ID, data: { method: "request_state" } };
        shiny.runtime.setInputValue?.(SEND_INPUT, encode(message), { priority: "event" });
      }
      await shiny.idle();
      expect({ name: step.name, sent: sent.splice(0) }).toEqual({
        name: step.name,
        sent: step.sent,
      });
    }
  });
});
