/** Binary frame ⇄ message: a comm message with its buffers as bytes. `docs/frames.md` defines the format. */
import { isObject } from "../util/object.js";
import { messageOf } from "./errors.js";
import type { JsonObject, MessageKind } from "./messages.js";

/**
 * The highest supported version of the frame; lower versions are supported as well.
 *
 * @example
 * ```ts
 * import { FRAME_VERSION } from "shiny-comm/codec";
 *
 * console.log(FRAME_VERSION); // 2
 * ```
 */
export const FRAME_VERSION = 2;

/** The first byte of a frame that contains all buffers. */
const INLINE = 1;
/** The first byte of a frame with detached buffers, which follow as websocket frames. */
const DETACHED = 2;

/** Servers detach a buffer of at least this size, in bytes. */
export const DETACH_FROM_BYTES = 32 * 1024;

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

/** The content of a binary frame. */
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
  const bytes = frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame;
  const { header, readBuffers } = readFrame(kind, { frame: bytes, detachedBuffers });
  return { header, buffers: readBuffers() };
}

/**
 * Reads the header of a frame, and returns a function that reads its buffers. A caller that knows the
 * header can name the comm in an error about the buffers.
 *
 * @throws {RangeError} when the frame is invalid; so does `readBuffers`
 */
export function readFrame(
  kind: MessageKind,
  { frame, detachedBuffers }: BinaryMessage,
): { header: unknown; readBuffers: () => DataView[] } {
  const { buffer: memory, byteOffset, byteLength: size } = frame;
  const view = viewOf(frame);
  assertLength(size, FIXED_BYTES);
  const version = view.getUint8(0);
  if (version !== INLINE && version !== DETACHED) {
    throw invalid(`unsupported version (expected ${INLINE} or ${DETACHED}, got ${version})`);
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
      if (version === DETACHED && offset === 0) {
        const detached = detachedBuffers[detachedCount];
        detachedCount += 1;
        if (detached?.byteLength === length) return new DataView(detached);
        const found = detached ? detached.byteLength : "none";
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

/**
 * Returns the lengths of the buffers that follow a frame, in order. The result is empty for an
 * invalid frame, whose fault {@link decodeFrame} reports.
 */
export function detachedLengths(frame: Uint8Array<ArrayBuffer>): number[] {
  const view = viewOf(frame);
  if (frame.byteLength < FIXED_BYTES || view.getUint8(0) !== DETACHED) return [];
  return entriesIn(view).flatMap(({ offset, length }) => (offset === 0 ? length : []));
}

/** Options of {@link encodeFrame}. */
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
  const view = viewOf(bytes);
  view.setUint8(0, offsets.includes(0) ? DETACHED : INLINE);
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
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
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

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, byteLength);
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
