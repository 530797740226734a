import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, payloadsIn } from "../../src/comm/codec.js";
import { CommError } from "../../src/comm/errors.js";
import {
  type BatchMessage,
  type BatchReference,
  decodeBatch,
  decodeFrame,
  detachedLengths,
  encodeBatch,
  encodeFrame,
} from "../../src/comm/frames.js";
import type { CommMessage, JsonObject, MessageKind } from "../../src/comm/messages.js";

interface Message {
  header: JsonObject;
  buffers: string[];
}

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
  batches: (Vectors["invalidDetached"][number] & {
    elements: JsonObject[];
    messages: Message[];
    detachFromBytes?: number;
  })[];
  partialBatches: (Vectors["invalid"][number] & {
    elements: unknown[];
    messages: (Message | null)[];
  })[];
  invalidBatches: Vectors["invalidDetached"];
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

describe("a batch", () => {
  /** Returns the decoded messages, and the errors in place of others. */
  const decodeAll = (
    kind: MessageKind,
    frame: Uint8Array<ArrayBuffer>,
    detachedBuffers: readonly ArrayBuffer[] = [],
  ): unknown[] =>
    payloadsIn(kind, { frame, detachedBuffers }).map((payload) => {
      try {
        return decode(kind, payload);
      } catch (error) {
        return error;
      }
    });
  const partsOf = ({
    kind,
    frame,
    detachedBuffers = [],
  }: Vectors["invalid"][number] & { detachedBuffers?: string[] }) =>
    decodeAll(kind, bytes(frame), detachedBuffers.map(frameOf));
  /** Returns a message as it decodes from a frame without other messages. */
  const alone = (kind: MessageKind, { header, buffers }: Message): CommMessage =>
    decode(kind, encodeFrame(kind, header, buffers.map(bytes)));

  it.each(vectors.batches)(
    "a batch encodes: $name",
    ({ kind, elements, messages, detachFromBytes, frame, detachedBuffers }) => {
      const parts = elements.map((element, index): BatchMessage | BatchReference => {
        const { header = {}, buffers = [] } = messages[index] ?? {};
        const { comm_id, like } = element;
        return like === undefined
          ? { header, buffers: buffers.map(bytes) }
          : { comm_id: String(comm_id), like: Number(like) };
      });
      const options = detachFromBytes === undefined ? {} : { detachFromBytes };
      expect(hex(encodeBatch(kind, parts, options))).toBe(frame);
      expect(detachedLengths(bytes(frame))).toEqual(
        detachedBuffers.map((buffer) => buffer.length / 2),
      );
    },
  );

  it.each(vectors.batches)(
    "a batch decodes to headers and buffers: $name",
    ({ kind, messages, frame, detachedBuffers }) => {
      const read = decodeBatch(kind, frameOf(frame), detachedBuffers.map(frameOf));
      expect(read.map(({ header, buffers }) => ({ header, buffers: buffers.map(hex) }))).toEqual(
        messages,
      );
    },
  );

  it.each([...vectors.batches, ...vectors.partialBatches])(
    "each valid message of a batch decodes as it does alone: $name",
    (vector) => {
      const parts = partsOf(vector);
      expect(parts.map((part) => !(part instanceof CommError))).toEqual(
        vector.messages.map((message) => message !== null),
      );
      for (const [index, message] of vector.messages.entries()) {
        if (message) expect(parts[index]).toEqual(alone(vector.kind, message));
      }
    },
  );

  it.each(vectors.partialBatches)(
    "each invalid message of a batch is a DECODE error that names its comm: $name",
    (vector) => {
      const { kind, frame, elements } = vector;
      for (const [index, part] of partsOf(vector).entries()) {
        if (!(part instanceof CommError)) continue;
        const { comm_id, content } = (elements[index] ?? {}) as JsonObject;
        const expected = comm_id ?? (content as JsonObject | undefined)?.comm_id;
        const isNamed = typeof expected === "string" && expected !== "";
        expect(part).toMatchObject({ code: "DECODE", kind });
        expect(part.comm_id).toBe(isNamed ? expected : undefined);
      }
      expect(() => decodeBatch(kind, frameOf(frame))).toThrow(RangeError);
    },
  );

  it.each(vectors.invalidBatches)("an invalid batch is one DECODE error: $name", (vector) => {
    const { kind, frame, detachedBuffers } = vector;
    // The versions of single frames are not batches.
    if (["03", "04"].includes(frame.slice(0, 2))) {
      expect(partsOf(vector)).toEqual([expect.objectContaining({ code: "DECODE" })]);
    }
    const payload = { frame: bytes(frame), detachedBuffers: detachedBuffers.map(frameOf) };
    expect(() => decode(kind, payload)).toThrow(expect.objectContaining({ code: "DECODE" }));
    expect(() => decodeBatch(kind, frameOf(frame), detachedBuffers.map(frameOf))).toThrow(
      /^binary frame: /,
    );
  });

  it("the messages of a batch share no object, and no bytes", () => {
    const header = {
      content: {
        comm_id: "c1",
        data: { state: { list: [{ x: 1 }], "": null } },
        target_name: "t",
        html_deps: [{ name: "x" }],
      },
      metadata: { version: "2.1.0", nested: { y: [1] } },
      header: { z: {} },
    };
    const batch = encodeBatch("comm_open", [
      { header },
      { comm_id: "c2", like: 0 },
      { comm_id: "c3", like: 0 },
      { header, buffers: [bytes("01"), bytes("02")] },
    ]);
    const seen = new Set<object>();
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      expect(seen.has(value)).toBe(false);
      seen.add(value);
      if (ArrayBuffer.isView(value)) visit(value.buffer);
      for (const item of Object.values(value)) visit(item);
    };
    for (const decoded of decodeAll("comm_open", new Uint8Array(batch))) visit(decoded);
    expect(seen.size).toBeGreaterThan(40);
    for (const read of decodeBatch("comm_open", batch)) visit(read);
  });

  it("a message of a batch with the key __proto__ gives no other message a prototype", () => {
    const text = '{"content":{"comm_id":"c1"},"metadata":{"__proto__":{"polluted":1}}}';
    const batch = encodeBatch("comm_close", [
      { header: JSON.parse(text) },
      { comm_id: "c2", like: 0 },
    ]);
    for (const payload of payloadsIn("comm_close", batch)) {
      const { metadata } = decode("comm_close", payload);
      expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
      expect(Object.keys(metadata)).toEqual(["__proto__"]);
    }
  });

  it("a batch with a reference to a message that is nested too deep is one DECODE error", () => {
    const depth = 50_000;
    const deep = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const text = `[{"content":{"comm_id":"c1"},"metadata":${deep}},{"comm_id":"c2","like":0}]`;
    const header = new TextEncoder().encode(text);
    const frame = new Uint8Array(16 + header.length);
    frame.set(new Uint8Array(encodeBatch("comm_close", [])).subarray(0, 16));
    new DataView(frame.buffer).setUint32(4, header.length, true);
    frame.set(header, 16);
    expect(decodeAll("comm_close", frame)).toEqual([expect.objectContaining({ code: "DECODE" })]);
  });

  it("a batch decodes or is a DECODE error with one byte changed or with its end cut off", () => {
    const partial = vectors.partialBatches.map((each) => ({ ...each, detachedBuffers: [] }));
    for (const { kind, frame, detachedBuffers } of [...vectors.batches, ...partial]) {
      const whole = bytes(frame);
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
          const changed = cut ? whole.slice(0, at) : whole.with(at, value);
          detachedLengths(changed);
          const detached = detachedBuffers.map(frameOf);
          for (const decoded of decodeAll(kind, changed, detached)) {
            if (decoded instanceof CommError) expect(decoded.code).toBe("DECODE");
            else
              expect(decoded).toMatchObject({ content: { comm_id: expect.stringMatching(/./s) } });
          }
        }),
        { numRuns: 200 },
      );
    }
  });
});
