import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/comm/codec.js";
import { DecodeError } from "../../src/comm/errors.js";
import { decodeFrame, encodeFrame } from "../../src/comm/frames.js";
import type { JsonObject, MessageKind } from "../../src/comm/messages.js";

interface Vectors {
  valid: {
    name: string;
    kind: MessageKind;
    header: JsonObject;
    buffers: string[];
    frame: string;
  }[];
  invalid: { name: string; kind: MessageKind; frame: string }[];
}

const vectors = JSON.parse(
  readFileSync(new URL("../../docs/frames.vectors.json", import.meta.url), "utf8"),
) as Vectors;

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const frameOf = (hex: string): ArrayBuffer => bytes(hex).buffer as ArrayBuffer;
const hex = (data: ArrayBuffer | ArrayBufferView): string =>
  Buffer.from(new Uint8Array(ArrayBuffer.isView(data) ? data.buffer : data)).toString("hex");

describe("a binary frame", () => {
  it.each(vectors.valid)("is read: $name", ({ kind, header, buffers, frame }) => {
    const read = decodeFrame(kind, frameOf(frame));
    expect(read.header).toEqual(header);
    expect(read.buffers.map(hex)).toEqual(buffers);
  });

  it.each(vectors.valid)("is written: $name", ({ kind, header, buffers, frame }) => {
    expect(hex(encodeFrame(kind, header, buffers.map(bytes)))).toBe(frame);
  });

  it.each(vectors.valid)(
    "is taken in the place of text: $name",
    ({ kind, header, buffers, frame }) => {
      const base64 = buffers.map((buffer) => Buffer.from(buffer, "hex").toString("base64"));
      const text = JSON.stringify({ ...header, buffers: base64 });
      expect(decode(kind, frameOf(frame))).toEqual(decode(kind, text));
    },
  );

  it.each(vectors.invalid)("is refused with a DecodeError: $name", ({ kind, frame }) => {
    expect(() => decode(kind, frameOf(frame))).toThrow(DecodeError);
  });

  it("names the comm in the error where it can be read", () => {
    const frame = encodeFrame("comm_msg", { content: { comm_id: "c1", data: 1 } }, []);
    expect(() => decode("comm_msg", frame)).toThrow(/comm_msg for comm c1: content.data/);
  });

  it("gives views that own their bytes, at offset 0", () => {
    const frame = encodeFrame("comm_msg", {}, [bytes("010203"), bytes("0405")]);
    for (const view of decodeFrame("comm_msg", frame).buffers) {
      expect(view.byteOffset).toBe(0);
      expect(view.buffer.byteLength).toBe(view.byteLength);
      expect(view.buffer).not.toBe(frame);
    }
  });

  it("puts each buffer at a multiple of eight", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.json(), (buffers, text) => {
        const header = { text };
        const frame = encodeFrame("comm_open", header, buffers);
        const entries = new DataView(frame, 16, 8 * buffers.length);
        buffers.forEach((_, index) => {
          expect(entries.getUint32(8 * index, true) % 8).toBe(0);
        });
        const read = decodeFrame("comm_open", frame);
        expect(read.header).toEqual(header);
        expect(read.buffers.map(hex)).toEqual(buffers.map(hex));
      }),
    );
  });

  it("that has one byte changed or is cut anywhere is read or refused, and nothing else", () => {
    const [vector] = vectors.valid.slice(2);
    if (!vector) throw new Error("no vector");
    const whole = bytes(vector.frame);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const changed = cut ? whole.slice(0, at) : whole.with(at, value);
        try {
          decode("comm_open", changed.buffer);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
