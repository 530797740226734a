// src/comm/frames.ts
import { isObject } from "../util/object.js";
import { messageOf } from "./errors.js";
var FRAME_VERSION = 2;
var INLINE = 1;
var DETACHED = 2;
var DETACH_FROM_BYTES = 32 * 1024;
var KIND_CODES = { comm_open: 1, comm_msg: 2, comm_close: 3 };
var FIXED_BYTES = 16;
var ENTRY_BYTES = 8;
var ALIGNMENT = 8;
function binaryIn(payload) {
  if (payload instanceof ArrayBuffer) {
    return { frame: new Uint8Array(payload), detachedBuffers: [] };
  }
  return isBinaryMessage(payload) ? payload : void 0;
}
function isBinaryMessage(payload) {
  return isObject(payload) && payload.frame instanceof Uint8Array;
}
function decodeFrame(kind, frame, detachedBuffers = []) {
  const bytes = frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame;
  const { header, readBuffers } = readFrame(kind, { frame: bytes, detachedBuffers });
  return { header, buffers: readBuffers() };
}
function readFrame(kind, { frame, detachedBuffers }) {
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
  const readBuffers = () => {
    let detachedCount = 0;
    const buffers = entriesIn(view).map(({ offset, length }, index) => {
      if (version === DETACHED && offset === 0) {
        const detached = detachedBuffers[detachedCount];
        detachedCount += 1;
        if (detached?.byteLength === length) return new DataView(detached);
        const found = detached ? detached.byteLength : "none";
        throw invalid(
          `detached buffer ${index} is missing (expected ${length} bytes, got ${found})`
        );
      }
      if (offset !== aligned(end)) {
        throw invalid(`wrong offset of buffer ${index} (expected ${aligned(end)}, got ${offset})`);
      }
      end = offset + length;
      assertLength(size, end);
      return new DataView(memory.slice(byteOffset + offset, byteOffset + end));
    });
    if (end !== size || detachedCount !== detachedBuffers.length) {
      throw invalid("unexpected data after the last buffer");
    }
    return buffers;
  };
  return { header: parseHeader(frame.subarray(headerStart, end)), readBuffers };
}
function detachedLengths(frame) {
  const view = viewOf(frame);
  if (frame.byteLength < FIXED_BYTES || view.getUint8(0) !== DETACHED) return [];
  return entriesIn(view).flatMap(({ offset, length }) => offset === 0 ? length : []);
}
function encodeFrame(kind, header, buffers, { detachFromBytes = Number.POSITIVE_INFINITY } = {}) {
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
function parseHeader(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw invalid(`the header is not valid JSON (${messageOf(cause)})`);
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
function assertLength(size, expected) {
  if (size < expected) {
    throw invalid(`too short (expected at least ${expected} bytes, got ${size})`);
  }
}
function invalid(reason) {
  return new RangeError(`binary frame: ${reason}`);
}
export {
  DETACH_FROM_BYTES,
  FRAME_VERSION,
  binaryIn,
  decodeFrame,
  detachedLengths,
  encodeFrame,
  readFrame
};
