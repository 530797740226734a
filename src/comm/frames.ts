/** Binary frame ⇄ messages: comm messages with their buffers as bytes. `docs/frames.md` defines the format. */
import { isObject } from "../util/object.js";
import { messageOf } from "./errors.js";
import type { JsonObject, MessageKind } from "./messages.js";
import type { ParsedMessage } from "./parsed-message.js";

/**
 * The highest supported version of the frame; lower versions are supported as well.
 *
 * @example
 * ```ts
 * import { FRAME_VERSION } from "shiny-comm/codec";
 *
 * console.log(FRAME_VERSION); // 3
 * ```
 */
export const FRAME_VERSION = 3;

/** The first byte of a frame that contains all buffers. */
const INLINE = 1;
/** The first byte of a frame with detached buffers, which follow as websocket frames. */
const DETACHED = 2;
/** The first byte of a batch: several messages of a kind, whose buffers are inline or detached. */
const BATCH = 3;

/** Servers detach a buffer of at least this size, in bytes. */
export const DETACH_FROM_BYTES = 32_768;

/** The second byte. */
const KIND_CODES = { comm_open: 1, comm_msg: 2, comm_close: 3 } as const satisfies Record<
  MessageKind,
  number
>;

/** version, kind, two zero bytes, header length, number of buffers, four zero bytes */
const FIXED_BYTES = 16;
/** The offset and the length of a buffer. */
const ENTRY_BYTES = 8;
/** Each buffer begins at a multiple of this, so that every typed array fits on it. */
const ALIGNMENT = 8;

/** A binary message as received. */
export interface BinaryMessage {
  /** The frame, without Shiny's envelope; the bytes are not changed. */
  readonly frame: Uint8Array<ArrayBuffer>;
  /** The buffers that followed the frame, in order; the decoded message owns them. */
  readonly detachedBuffers: readonly ArrayBuffer[];
}

/** Returns a payload as a binary message, or `undefined` for any other payload: JSON contains no bytes. */
export function binaryIn(payload: unknown): BinaryMessage | undefined {
  if (payload instanceof ArrayBuffer) {
    return { frame: new Uint8Array(payload), detachedBuffers: [] };
  }
  return isBinaryMessage(payload) ? payload : undefined;
}

function isBinaryMessage(payload: unknown): payload is BinaryMessage {
  return isObject(payload) && payload.frame instanceof Uint8Array;
}

/** Returns whether a binary message is a batch. */
export function isBatch({ frame }: BinaryMessage): boolean {
  return frame[0] === BATCH;
}

/** The content of a binary frame, or of a message in a batch. */
export interface Frame {
  /** The object of a text message without its `buffers`, as parsed JSON. */
  readonly header: unknown;
  /** The buffers; each view owns its `ArrayBuffer` and starts at offset 0. */
  readonly buffers: DataView[];
}

/**
 * Reads a frame. Every byte is checked: the parts must follow one another without gaps or extra data.
 *
 * @example
 * ```ts
 * import { decodeFrame, encodeFrame } from "shiny-comm/codec";
 *
 * const frame = encodeFrame("comm_msg", { content: { comm_id: "c1" } }, [Uint8Array.of(1, 2, 3)]);
 * const { header, buffers } = decodeFrame("comm_msg", frame);
 * console.log(JSON.stringify(header), buffers[0]?.byteLength); // {"content":{"comm_id":"c1"}} 3
 * ```
 * @param kind the expected kind of message
 * @param detachedBuffers the buffers that followed the frame, in order; the result owns them
 * @throws {RangeError} when the frame is invalid
 */
export function decodeFrame(
  kind: MessageKind,
  frame: ArrayBuffer | Uint8Array<ArrayBuffer>,
  detachedBuffers: readonly ArrayBuffer[] = [],
): Frame {
  const { header, readBuffers } = readFrame(kind, { frame: bytesIn(frame), detachedBuffers });
  return { header, buffers: readBuffers() };
}

/**
 * Reads the header of a frame, and returns a function that reads its buffers. A caller that knows the
 * header can name the comm in an error about the buffers.
 *
 * @param maxVersion the highest expected version of the frame
 * @throws {RangeError} when the frame is invalid; so does `readBuffers`
 */
export function readFrame(
  kind: MessageKind,
  { frame, detachedBuffers }: BinaryMessage,
  maxVersion = DETACHED,
): { header: unknown; readBuffers: () => DataView[] } {
  const { buffer: memory, byteOffset, byteLength: size } = frame;
  const view = new DataView(memory, byteOffset, size);
  assertLength(size, FIXED_BYTES);
  const version = view.getUint8(0);
  if (version < INLINE || version > maxVersion) {
    throw invalid(`unsupported version (expected ${INLINE} to ${maxVersion}, got ${version})`);
  }
  const kindCode = view.getUint8(1);
  if (kindCode !== KIND_CODES[kind]) {
    throw invalid(`wrong kind (expected ${KIND_CODES[kind]} for ${kind}, got ${kindCode})`);
  }
  if (view.getUint16(2, true) !== 0 || view.getUint32(12, true) !== 0) {
    throw invalid("non-zero reserved byte");
  }
  const headerLength = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  const headerStart = FIXED_BYTES + count * ENTRY_BYTES;
  let end = headerStart + headerLength;
  assertLength(size, end);

  const readBuffers = (): DataView[] => {
    let detachedCount = 0;
    const buffers = entriesIn(view).map(({ offset, length }, index) => {
      if (version >= DETACHED && offset === 0) {
        const detached = detachedBuffers[detachedCount];
        detachedCount += 1;
        if (detached?.byteLength === length) return new DataView(detached);
        const found = detached?.byteLength ?? "none";
        throw invalid(
          `detached buffer ${index} is missing (expected ${length} bytes, got ${found})`,
        );
      }
      if (offset !== aligned(end)) {
        throw invalid(`wrong offset of buffer ${index} (expected ${aligned(end)}, got ${offset})`);
      }
      end = offset + length;
      assertLength(size, end);
      // A copy, not a view into the frame: widgets read `.buffer` without regard to the offset.
      return new DataView(memory.slice(byteOffset + offset, byteOffset + end));
    });
    if (end !== size || detachedCount !== detachedBuffers.length) {
      throw invalid("unexpected data after the last buffer");
    }
    return buffers;
  };
  return { header: parseHeader(frame.subarray(headerStart, end)), readBuffers };
}

/** A message of a batch that equals an earlier one, except for its comm. */
export interface BatchReference {
  /** The id of the message's comm. */
  readonly comm_id: string;
  /** The index of the earlier message, which has no buffers and is not a reference. */
  readonly like: number;
}

/**
 * Reads a batch, and replaces references by copies. The messages are not validated: `readBuffers` of an
 * invalid reference throws.
 *
 * @throws {RangeError} when the frame is invalid
 */
export function readBatch(kind: MessageKind, batch: BinaryMessage): BatchElement[] {
  const { header, readBuffers } = readFrame(kind, batch, BATCH);
  if (!Array.isArray(header)) throw invalid("the header is not a list");
  const all = readBuffers();
  let end = 0;
  let fits = true;
  /** The messages that a reference can name. */
  const originals = new Map<unknown, { content: JsonObject }>();
  const elements = header.map((parsed: unknown, index): BatchElement => {
    const element = isObject(parsed) ? parsed : {};
    const { buffer_count = 0, comm_id, content, like } = element;
    const start = end;
    end += Number(buffer_count);
    const buffers = all.slice(start, end);
    fits &&= buffers.length === buffer_count;
    if (like === undefined) {
      if (isObject(content) && buffers.length === 0) originals.set(index, { ...element, content });
      return { parsed, readBuffers: () => buffers };
    }
    const original = originals.get(like);
    const copy = cloneJson(original ?? { content: {} });
    Object.assign(copy.content, { comm_id });
    return {
      parsed: copy,
      readBuffers() {
        if (!original || Object.keys(element).length > 2) {
          throw invalid(`invalid reference to message ${JSON.stringify(like)}`);
        }
        return buffers;
      },
    };
  });
  if (!fits || end < all.length) throw invalid("wrong buffer_count");
  return elements;
}

/** A message of a batch. */
interface BatchElement extends ParsedMessage {
  readonly readBuffers: () => DataView[];
}

/**
 * Reads a batch: a frame with several messages of one kind. A message that refers to an earlier one is a
 * copy of it.
 *
 * @example
 * ```ts
 * import { decodeBatch, encodeBatch } from "shiny-comm/codec";
 *
 * const header = { content: { comm_id: "c1", data: { n: 1 } } };
 * const batch = encodeBatch("comm_msg", [{ header }, { comm_id: "c2", like: 0 }]);
 * const [, second] = decodeBatch("comm_msg", batch);
 * console.log(JSON.stringify(second?.header)); // {"content":{"comm_id":"c2","data":{"n":1}}}
 * ```
 * @param kind the expected kind of the messages
 * @param detachedBuffers the buffers that followed the frame, in order; the result owns them
 * @throws {RangeError} when the frame, or a message in it, is invalid
 */
export function decodeBatch(
  kind: MessageKind,
  frame: ArrayBuffer | Uint8Array<ArrayBuffer>,
  detachedBuffers: readonly ArrayBuffer[] = [],
): Frame[] {
  const message = { frame: bytesIn(frame), detachedBuffers };
  if (!isBatch(message)) throw invalid(`not a batch (expected version ${BATCH})`);
  return readBatch(kind, message).map(({ parsed, readBuffers }, index) => {
    const buffers = readBuffers();
    if (!isObject(parsed)) throw invalid(`message ${index} is not an object`);
    const { buffer_count: _, ...header } = parsed;
    if (header.buffers !== undefined) throw invalid(`message ${index} contains buffers`);
    const { comm_id } = isObject(header.content) ? header.content : {};
    if (typeof comm_id !== "string" || comm_id === "")
      throw invalid(`message ${index} has no comm_id`);
    return { header, buffers };
  });
}

/** Returns a deep copy of a JSON value. */
function cloneJson<T>(value: T): T;
function cloneJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloneJson);
  if (!isObject(value)) return value;
  // Spread copies an own `__proto__` as a property, and the assignment finds that property.
  const copy = { ...value };
  for (const key in copy) copy[key] = cloneJson(copy[key]);
  return copy;
}

/**
 * Returns the lengths of the buffers that follow a frame, in order. The result is empty for an
 * invalid frame, whose fault {@link decodeFrame} reports.
 */
export function detachedLengths(frame: Uint8Array<ArrayBuffer>): number[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.byteLength < FIXED_BYTES || view.getUint8(0) < DETACHED) return [];
  return entriesIn(view).flatMap(({ offset, length }) => (offset === 0 ? length : []));
}

/** Options of {@link encodeFrame} and {@link encodeBatch}. */
export interface EncodeFrameOptions {
  /**
   * The size from which a buffer is detached, in bytes; by default no buffer is. The caller sends the
   * detached buffers after the frame, in order, each as a binary websocket frame.
   */
  detachFromBytes?: number;
}

/**
 * Writes a frame.
 *
 * @example
 * ```ts
 * import { encodeFrame } from "shiny-comm/codec";
 *
 * const header = { content: { comm_id: "c1", data: {} } };
 * const large = new Uint8Array(100_000);
 * const frame = encodeFrame("comm_msg", header, [large], { detachFromBytes: 32_768 });
 * // Send `large` as a websocket frame after this one.
 * console.log(frame.byteLength < 100); // true
 * ```
 * @param header the object of the text message, without its `buffers`
 * @throws {TypeError} when JSON cannot represent the header
 */
export function encodeFrame(
  kind: MessageKind,
  header: JsonObject,
  buffers: readonly Uint8Array[],
  { detachFromBytes = Number.POSITIVE_INFINITY }: EncodeFrameOptions = {},
): ArrayBuffer {
  const isDetached = buffers.some(({ byteLength }) => byteLength >= detachFromBytes);
  return writeParts(isDetached ? DETACHED : INLINE, kind, header, buffers, detachFromBytes);
}

/** A message for {@link encodeBatch}. */
export interface BatchMessage {
  /** The object of the text message, without its `buffers`. */
  readonly header: JsonObject;
  /** The message's buffers; none by default. */
  readonly buffers?: readonly Uint8Array[];
}

/**
 * Writes a batch: a frame with several messages of one kind, for pages that support version 3 of frames. The
 * caller sends the detached buffers of all messages after the frame, in order.
 *
 * @example
 * ```ts
 * import { encodeBatch } from "shiny-comm/codec";
 *
 * const update = (comm_id: string) => ({ header: { content: { comm_id, data: {} } } });
 * const batch = encodeBatch("comm_msg", [update("c1"), update("c2")]);
 * console.log(new Uint8Array(batch)[0]); // 3
 * ```
 * @throws {TypeError} when JSON cannot represent a header
 */
export function encodeBatch(
  kind: MessageKind,
  messages: readonly (BatchMessage | BatchReference)[],
  { detachFromBytes = Number.POSITIVE_INFINITY }: EncodeFrameOptions = {},
): ArrayBuffer {
  const buffers: Uint8Array[] = [];
  const elements = messages.map((message) => {
    if ("like" in message) return { comm_id: message.comm_id, like: message.like };
    const { header, buffers: own = [] } = message;
    for (const buffer of own) buffers.push(buffer);
    return own.length > 0 ? { ...header, buffer_count: own.length } : header;
  });
  return writeParts(BATCH, kind, elements, buffers, detachFromBytes);
}

function writeParts(
  version: number,
  kind: MessageKind,
  header: JsonObject | readonly JsonObject[],
  buffers: readonly Uint8Array[],
  detachFromBytes: number,
): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerStart = FIXED_BYTES + buffers.length * ENTRY_BYTES;
  let end = headerStart + text.byteLength;
  const offsets = buffers.map(({ byteLength }) => {
    if (byteLength >= detachFromBytes) return 0;
    const offset = aligned(end);
    end = offset + byteLength;
    return offset;
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  view.setUint8(1, KIND_CODES[kind]);
  view.setUint32(4, text.byteLength, true);
  view.setUint32(8, buffers.length, true);
  bytes.set(text, headerStart);
  buffers.forEach((buffer, index) => {
    const offset = offsets[index] ?? 0;
    const entry = FIXED_BYTES + index * ENTRY_BYTES;
    view.setUint32(entry, offset, true);
    view.setUint32(entry + 4, buffer.byteLength, true);
    if (offset > 0) bytes.set(buffer, offset);
  });
  return bytes.buffer;
}

function parseHeader(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder(undefined, { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw invalid(`the header is not valid JSON (${messageOf(cause)})`);
  }
}

/** Reads the table of buffers; empty when the frame is too short for it. */
function entriesIn(view: DataView): { offset: number; length: number }[] {
  const entries = [];
  const end = FIXED_BYTES + view.getUint32(8, true) * ENTRY_BYTES;
  if (end > view.byteLength) return [];
  for (let at = FIXED_BYTES; at < end; at += ENTRY_BYTES) {
    entries.push({ offset: view.getUint32(at, true), length: view.getUint32(at + 4, true) });
  }
  return entries;
}

function bytesIn(frame: ArrayBuffer | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

/** @throws {RangeError} when a frame is shorter than its parts */
function assertLength(size: number, expected: number): void {
  if (size < expected) {
    throw invalid(`too short (expected at least ${expected} bytes, got ${size})`);
  }
}

function invalid(reason: string): RangeError {
  return new RangeError(`binary frame: ${reason}`);
}
