/** The codec against texts that the server's code wrote and read; see scripts/record-fixtures.py. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../../src/comm/codec.js";
import { HANDLERS, type JsonObject, type MessageKind } from "../../src/comm/messages.js";

interface RecordedMessage {
  name: string;
  handler: string;
  payload: string;
  expected: { content: JsonObject; metadata: JsonObject; buffers: string[] };
}

interface RecordedReply {
  name: string;
  text: string;
  decoded: {
    content: { comm_id: string; data: JsonObject };
    metadata: JsonObject;
    buffers: string[];
    header: JsonObject;
  };
}

function recorded<T>(file: string): T[] {
  const path = new URL(`../fixtures/${file}`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { cases: T[] }).cases;
}

function kindOf(handler: string): MessageKind {
  for (const kind of ["comm_open", "comm_msg", "comm_close"] as const) {
    if (HANDLERS[kind] === handler) return kind;
  }
  throw new Error(`no kind of message has the handler ${handler}`);
}

const hex = (view: DataView): string =>
  Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("hex");

const messages = recorded<RecordedMessage>("comm-messages.json");
const replies = recorded<RecordedReply>("comm-replies.json");

describe("decode of the server's recorded messages", () => {
  it("the recorded messages cover each kind", () => {
    const kinds = new Set(messages.map(({ handler }) => kindOf(handler)));
    expect(kinds).toEqual(new Set(["comm_open", "comm_msg", "comm_close"]));
  });

  it.each(messages)("decode returns every field of $name", ({ handler, payload, expected }) => {
    const kind = kindOf(handler);
    const { buffers, ...rest } = decode(kind, payload);
    expect({ ...rest, buffers: buffers.map(hex) }).toEqual({
      msg_type: kind,
      header: { msg_type: kind },
      ...expected,
    });
  });

  it.each(messages)(
    "decode returns the same message for the parsed object of $name",
    ({ handler, payload }) => {
      const kind = kindOf(handler);
      expect(decode(kind, JSON.parse(payload))).toEqual(decode(kind, payload));
    },
  );
});

describe("encode for the server's decoder", () => {
  it.each(replies)("encode writes $name as the recorded text", ({ text, decoded }) => {
    const { content, metadata, buffers } = decoded;
    const bytes = buffers.map((one) => Uint8Array.from(Buffer.from(one, "hex")));
    expect(encode({ ...content, metadata, buffers: bytes })).toBe(text);
  });
});
