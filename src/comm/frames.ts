/** Binary frame ⇄ message: a comm message with its buffers as bytes, as `docs/frames.md` defines it. */
import { messageOf } from "./errors.js";
import type { JsonObject, MessageKind } from "./messages.js";

/** The highest version of the frame that is spoken here; those below it are, too. */
export const FRAME_VERSION = 2;

/** The first byte: all buffers are in the frame. */
const WHOLE = 1;
/** The first byte: some come after it, each as a websocket frame of its own. */
const PARTED = 2;

/** Of how many bytes on servers send a buffer as a websocket frame of its own. */
export const SEPARATE_FROM = 32 * 1024;

/** The second byte. */
const KIND_CODES = { comm_open: 1, comm_msg: 2, comm_close: 3 } as const satisfies Record<
  MessageKind,
  number
>;

/** version, kind, two bytes of zero, header length, number of buffers, four bytes of zero */
const FIXED_BYTES = 16;
/** offset and length of a buffer */
const ENTRY_BYTES = 8;
/** Each buffer begins at a multiple of it, so that any typed array fits on it. */
const ALIGNMENT = 8;

/** A message as it came in binary. */
export interface BinaryMessage {
  /** The frame, without Shiny's envelope; the bytes are not changed. */
  readonly frame: Uint8Array<ArrayBuffer>;
  /** The buffers that came after it, in order; they become the message's own. */
  readonly separate: readonly ArrayBuffer[];
}

/** What came in binary, if that is what a payload is: nothing that was JSON has bytes in it. */
export function binaryIn(payload: unknown): BinaryMessage | undefined {
  if (payload instanceof ArrayBuffer) return { frame: new Uint8Array(payload), separate: [] };
  const message = payload as Partial<BinaryMessage> | null | undefined;
  return message?.frame instanceof Uint8Array ? (message as BinaryMessage) : undefined;
}

/** What a frame bears: the object that a text message is, without its `buffers`, and these as bytes. */
export interface Frame {
  /** Parsed JSON. */
  readonly header: unknown;
  /** Each view owns its `ArrayBuffer` and starts at offset 0. */
  readonly buffers: DataView[];
}

/**
 * Reads a frame.
 *
 * Every byte is accounted for: a frame that is cut short, longer than it says, or whose parts lie
 * anywhere but one behind the other is refused.
 *
 * @param kind what the frame must be
 * @param separate the buffers that came after it, in order; what is returned owns them
 * @throws {RangeError} saying what is wrong
 */
export function decodeFrame(
  kind: MessageKind,
  frame: ArrayBuffer | Uint8Array<ArrayBuffer>,
  separate: readonly ArrayBuffer[] = [],
): Frame {
  const bytes = frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame;
  const { header, readBuffers } = readFrame(kind, { frame: bytes, separate });
  return { header, buffers: readBuffers() };
}

/**
 * The same in two steps: who knows the header can say whose the frame is that has something wrong
 * with its buffers.
 *
 * @throws {RangeError} saying what is wrong; so does `readBuffers`
 */
export function readFrame(
  kind: MessageKind,
  { frame, separate }: BinaryMessage,
): { header: unknown; readBuffers: () => DataView[] } {
  const { buffer: memory, byteOffset, byteLength: size } = frame;
  const view = viewOf(frame);
  if (size < FIXED_BYTES) throw wrong(`${size} bytes are too few`);
  const version = view.getUint8(0);
  if (version !== WHOLE && version !== PARTED) {
    throw wrong(`version ${version}, but ${WHOLE} and ${PARTED} are spoken here`);
  }
  if (view.getUint8(1) !== KIND_CODES[kind]) {
    throw wrong(`kind ${view.getUint8(1)}, but it came as ${kind} (${KIND_CODES[kind]})`);
  }
  if (view.getUint16(2, true) !== 0 || view.getUint32(12, true) !== 0) {
    throw wrong("a reserved byte is not zero");
  }
  const headerLength = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  const headerStart = FIXED_BYTES + count * ENTRY_BYTES;
  let end = headerStart + headerLength;
  if (end > size) {
    throw wrong(`${count} buffers and a header of ${headerLength} bytes in ${size} bytes`);
  }

  const readBuffers = (): DataView[] => {
    let came = 0;
    const buffers = entriesIn(view).map(({ offset, length }, index) => {
      if (version === PARTED && offset === 0) {
        const own = separate[came];
        came += 1;
        if (own?.byteLength === length) return new DataView(own);
        throw wrong(`buffer ${index} of ${length} bytes has not come`);
      }
      if (offset !== aligned(end)) {
        throw wrong(`buffer ${index} at byte ${offset}, but ${aligned(end)} is its place`);
      }
      end = offset + length;
      if (end > size) throw wrong(`buffer ${index} ends at byte ${end} of ${size}`);
      // A view into the frame would do for most, but widgets read `.buffer` without its offset.
      return new DataView(memory.slice(byteOffset + offset, byteOffset + end));
    });
    if (end !== size || came !== separate.length) throw wrong("more came than it says");
    return buffers;
  };
  return { header: parseHeader(frame.subarray(headerStart, end)), readBuffers };
}

/**
 * The lengths of the buffers that come after a frame, in order. None of a frame of which that
 * cannot be read: {@link decodeFrame} says what is wrong with it.
 */
export function separateLengths(frame: Uint8Array<ArrayBuffer>): number[] {
  const view = viewOf(frame);
  if (frame.byteLength < FIXED_BYTES || view.getUint8(0) !== PARTED) return [];
  return entriesIn(view).flatMap(({ offset, length }) => (offset === 0 ? length : []));
}

/** How a frame is written. */
export interface EncodeFrameOptions {
  /**
   * Buffers of at least so many bytes are left out of the frame; whoever sends it sends them after it,
   * in order, each as a binary websocket frame. By default all are in it.
   */
  separateFrom?: number;
}

/**
 * Writes a frame.
 *
 * @param header what the text message would be, without its `buffers`
 * @throws {TypeError} when the header cannot be written as JSON
 */
export function encodeFrame(
  kind: MessageKind,
  header: JsonObject,
  buffers: readonly Uint8Array[],
  { separateFrom = Number.POSITIVE_INFINITY }: EncodeFrameOptions = {},
): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerStart = FIXED_BYTES + buffers.length * ENTRY_BYTES;
  let end = headerStart + text.byteLength;
  const offsets = buffers.map(({ byteLength }) => {
    if (byteLength >= separateFrom) return 0;
    const offset = aligned(end);
    end = offset + byteLength;
    return offset;
  });
  const bytes = new Uint8Array(end);
  const view = viewOf(bytes);
  view.setUint8(0, offsets.includes(0) ? PARTED : WHOLE);
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
    throw wrong(`the header is not JSON (${messageOf(cause)})`);
  }
}

/** The table of buffers; empty when the frame is too short for it. */
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

function wrong(what: string): RangeError {
  return new RangeError(`binary frame: ${what}`);
}
