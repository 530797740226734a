// src/comm/frames.ts
import { messageOf } from "./errors.js";
var FRAME_VERSION = 2;
var WHOLE = 1;
var PARTED = 2;
var SEPARATE_FROM = 32 * 1024;
var KIND_CODES = { comm_open: 1, comm_msg: 2, comm_close: 3 };
var FIXED_BYTES = 16;
var ENTRY_BYTES = 8;
var ALIGNMENT = 8;
function binaryIn(payload) {
  if (payload instanceof ArrayBuffer) return { frame: new Uint8Array(payload), separate: [] };
  const message = payload;
  return message?.frame instanceof Uint8Array ? message : void 0;
}
function decodeFrame(kind, frame, separate = []) {
  const bytes = frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame;
  const { header, readBuffers } = readFrame(kind, { frame: bytes, separate });
  return { header, buffers: readBuffers() };
}
function readFrame(kind, { frame, separate }) {
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
  const readBuffers = () => {
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
      return new DataView(memory.slice(byteOffset + offset, byteOffset + end));
    });
    if (end !== size || came !== separate.length) throw wrong("more came than it says");
    return buffers;
  };
  return { header: parseHeader(frame.subarray(headerStart, end)), readBuffers };
}
function separateLengths(frame) {
  const view = viewOf(frame);
  if (frame.byteLength < FIXED_BYTES || view.getUint8(0) !== PARTED) return [];
  return entriesIn(view).flatMap(({ offset, length }) => offset === 0 ? length : []);
}
function encodeFrame(kind, header, buffers, { separateFrom = Number.POSITIVE_INFINITY } = {}) {
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
function parseHeader(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw wrong(`the header is not JSON (${messageOf(cause)})`);
  }
}
function entriesIn(view) {
  const entries = [];
  const end = FIXED_BYTES + view.getUint32(8, true) * ENTRY_BYTES;
  if (end > view.byteLength) return [];
  for (let at = FIXED_BYTES; at < end; at += ENTRY_BYTES) {
    entries.push({ offset: view.getUint32(at, true), length: view.getUint32(at + 4, true) });
  }
  return entries;
}
function viewOf({ buffer, byteOffset, byteLength }) {
  return new DataView(buffer, byteOffset, byteLength);
}
function aligned(offset) {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
function wrong(what) {
  return new RangeError(`binary frame: ${what}`);
}
export {
  FRAME_VERSION,
  SEPARATE_FROM,
  binaryIn,
  decodeFrame,
  encodeFrame,
  readFrame,
  separateLengths
};
