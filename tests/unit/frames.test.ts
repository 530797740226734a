import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/comm/codec.js";
import { decodeFrame, detachedLengths, encodeFrame } from "../../src/comm/frames.js";
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
  detached: (Vectors["valid"][number] & { detachFromBytes: number; detachedBuffers: string[] })[];
  invalidDetached: (Vectors["invalid"][number] & { detachedBuffers: string[] })[];
}

const vectors = JSON.parse(
  readFileSync(new URL("../../docs/frames.vectors.json", import.meta.url), "utf8"),
) as Vectors;

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, "hex"));
const frameOf = (hex: string): ArrayBuffer => bytes(hex).buffer as ArrayBuffer;
const hex = (data: ArrayBuffer | ArrayBufferView): string =>
  Buffer.from(new Uint8Array(ArrayBuffer.isView(data) ? data.buffer : data)).toString("hex");

describe("a binary frame", () => {
  it.each(vectors.valid)("a binary frame decodes: $name", ({ kind, header, buffers, frame }) => {
    const read = decodeFrame(kind, frameOf(frame));
    expect(read.header).toEqual(header);
    expect(read.buffers.map(hex)).toEqual(buffers);
  });

  it.each(vectors.valid)("a binary frame encodes: $name", ({ kind, header, buffers, frame }) => {
    expect(hex(encodeFrame(kind, header, buffers.map(bytes)))).toBe(frame);
  });

  it.each(vectors.valid)(
    "a binary frame decodes like the text of its message: $name",
    ({ kind, header, buffers, frame }) => {
      const base64 = buffers.map((buffer) => Buffer.from(buffer, "hex").toString("base64"));
      const text = JSON.stringify({ ...header, buffers: base64 });
      expect(decode(kind, frameOf(frame))).toEqual(decode(kind, text));
    },
  );

  it.each(vectors.invalid)("a binary frame causes a DECODE error: $name", ({ kind, frame }) => {
    expect(() => decode(kind, frameOf(frame))).toThrow(expect.objectContaining({ code: "DECODE" }));
  });

  it.each(vectors.detached)(
    "a binary frame encodes without detached buffers: $name",
    ({ kind, header, buffers, detachFromBytes, frame, detachedBuffers }) => {
      const all = buffers.map(bytes);
      expect(hex(encodeFrame(kind, header, all, { detachFromBytes }))).toBe(frame);
      const detached = all.filter(({ byteLength }) => byteLength >= detachFromBytes);
      expect(detached.map(hex)).toEqual(detachedBuffers);
      expect(detachedLengths(bytes(frame))).toEqual(detached.map(({ byteLength }) => byteLength));
    },
  );

  it.each(vectors.detached)(
    "a binary frame decodes with detached buffers: $name",
    ({ kind, header, buffers, frame, detachedBuffers }) => {
      const detached = detachedBuffers.map(frameOf);
      const message = decode(kind, { frame: bytes(frame), detachedBuffers: detached });
      expect(message).toEqual(decode(kind, encodeFrame(kind, header, buffers.map(bytes))));
      // The detached buffers are not copied.
      const arrays = message.buffers.map(({ buffer }) => buffer);
      expect(detached.every((buffer) => arrays.includes(buffer))).toBe(true);
    },
  );

  it.each(vectors.invalidDetached)(
    "a binary frame causes a DECODE error that names the comm, with detached buffers: $name",
    ({ kind, frame, detachedBuffers }) => {
      const payload = { frame: bytes(frame), detachedBuffers: detachedBuffers.map(frameOf) };
      expect(() => decode(kind, payload)).toThrow(
        expect.objectContaining({ code: "DECODE", comm_id: "c1" }),
      );
    },
  );

  it("a binary frame decodes from any offset in memory", () => {
    const header = { content: { comm_id: "c1" } };
    const frame = encodeFrame("comm_msg", header, [bytes("010203")]);
    const memory = new Uint8Array(frame.byteLength + 3);
    memory.set(new Uint8Array(frame), 3);
    const { buffers } = decodeFrame("comm_msg", memory.subarray(3));
    expect(buffers.map(hex)).toEqual(["010203"]);
  });

  it.each([
    ["cut in its fixed part", 5],
    ["cut in its table", 20],
  ])("detachedLengths is empty for a frame %s", (_what, length) => {
    const frame = encodeFrame("comm_msg", {}, [bytes("01")], { detachFromBytes: 1 });
    expect(detachedLengths(new Uint8Array(frame).slice(0, length))).toEqual([]);
  });

  it("detachedLengths is empty for a frame with a table longer than the frame", () => {
    const frame = new Uint8Array(
      encodeFrame("comm_msg", {}, [bytes("01"), new Uint8Array(64)], { detachFromBytes: 1 }),
    );
    const zeros = new Uint8Array(frame.length + 64);
    zeros.set(frame);
    new DataView(zeros.buffer).setUint32(8, 1_000, true);
    expect(detachedLengths(zeros)).toEqual([]);
    expect(() => decode("comm_msg", zeros.buffer)).toThrow(
      /too short \(expected at least 8018 bytes/,
    );
  });

  it.each([
    ["data", encodeFrame("comm_msg", { content: { comm_id: "c1", data: 1 } }, []), /content.data/],
    [
      "a buffer",
      new Uint8Array([
        ...new Uint8Array(encodeFrame("comm_msg", { content: { comm_id: "c1" } }, [bytes("01")])),
        0,
      ]).buffer,
      /binary frame: unexpected data after the last buffer/,
    ],
  ])(
    "the error for a binary frame with a valid header names the comm: %s",
    (_what, frame, complaint) => {
      expect(() => decode("comm_msg", frame)).toThrow(/comm_msg for comm c1: /);
      expect(() => decode("comm_msg", frame)).toThrow(complaint);
    },
  );

  it("a binary frame decodes into views of separate ArrayBuffers, at offset 0", () => {
    const frame = encodeFrame("comm_msg", {}, [bytes("010203"), bytes("0405")]);
    for (const view of decodeFrame("comm_msg", frame).buffers) {
      expect(view.byteOffset).toBe(0);
      expect(view.buffer.byteLength).toBe(view.byteLength);
      expect(view.buffer).not.toBe(frame);
    }
  });

  it("a binary frame encodes each buffer at a multiple of 8", () => {
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

  it("a binary frame decodes or throws a DECODE error with one byte changed or with its end cut off", () => {
    const [vector] = vectors.valid.slice(2);
    if (!vector) throw new Error("no vector");
    const whole = bytes(vector.frame);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const changed = cut ? whole.slice(0, at) : whole.with(at, value);
        try {
          detachedLengths(changed);
          decode("comm_open", changed.buffer);
        } catch (error) {
          expect(error).toMatchObject({ code: "DECODE" });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
