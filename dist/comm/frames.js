// src/comm/frames.ts
import { messageOf } from "./errors.js";
var FRAME_VERSION = 1;
var KIND_CODES = { comm_open: 1, comm_msg: 2, comm_close: 3 };
var FIXED_BYTES = 16;
var ENTRY_BYTES = 8;
var ALIGNMENT = 8;
function decodeFrame(kind, frame) {
  const size = frame.byteLength;
  const view = new DataView(frame);
  if (size < FIXED_BYTES) throw wrong(`${size} bytes are too few`);
  const version = view.getUint8(0);
  if (version !== FRAME_VERSION) {
    throw wrong(`version ${version}, but ${FRAME_VERSION} is spoken here`);
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
  const buffers = [];
  for (let index = 0; index < count; index += 1) {
    const entry = FIXED_BYTES + index * ENTRY_BYTES;
    const offset = view.getUint32(entry, true);
    const length = view.getUint32(entry + 4, true);
    if (offset !== aligned(end)) {
      throw wrong(`buffer ${index} at byte ${offset}, but ${aligned(end)} is its place`);
    }
    if (offset + length > size) {
      throw wrong(`buffer ${index} ends at byte ${offset + length} of ${size}`);
    }
    buffers.push(new DataView(frame.slice(offset, offset + length)));
    end = offset + length;
  }
  if (end !== size) throw wrong(`${size - end} bytes too many`);
  return { header: parseHeader(new Uint8Array(frame, headerStart, headerLength)), buffers };
}
function encodeFrame(kind, header, buffers) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerStart = FIXED_BYTES + buffers.length * ENTRY_BYTES;
  let end = headerStart + text.byteLength;
  const offsets = buffers.map((buffer) => {
    const offset = aligned(end);
    end = offset + buffer.byteLength;
    return offset;
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FRAME_VERSION);
  view.setUint8(1, KIND_CODES[kind]);
  view.setUint32(4, text.byteLength, true);
  view.setUint32(8, buffers.length, true);
  bytes.set(text, headerStart);
  buffers.forEach((buffer, index) => {
    const offset = offsets[index] ?? 0;
    const entry = FIXED_BYTES + index * ENTRY_BYTES;
    view.setUint32(entry, offset, true);
    view.setUint32(entry + 4, buffer.byteLength, true);
    bytes.set(buffer, offset);
  });
  return bytes.buffer;
}
function parseHeader(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new RangeError(`binary frame: the header is not JSON (${messageOf(cause)})`, { cause });
  }
}
function aligned(offset) {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
function wrong(what) {
  return new RangeError(`binary frame: ${what}`);
}
export {
  FRAME_VERSION,
  decodeFrame,
  encodeFrame
};
