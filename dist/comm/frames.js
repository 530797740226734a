// src/comm/frames.ts
import { isObject } from "../util/object.js";
import { messageOf } from "./errors.js";
var FRAME_VERSION = 3;
var INLINE = 1;
var DETACHED = 2;
var BATCH = 3;
var DETACH_FROM_BYTES = 32768;
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
function isBatch({ frame }) {
  return frame[0] === BATCH;
}
function decodeFrame(kind, frame, detachedBuffers = []) {
  const { header, readBuffers } = readFrame(kind, { frame: bytesIn(frame), detachedBuffers });
  return { header, buffers: readBuffers() };
}
function readFrame(kind, { frame, detachedBuffers }, maxVersion = DETACHED) {
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
  const readBuffers = () => {
    let detachedCount = 0;
    const buffers = entriesIn(view).map(({ offset, length }, index) => {
      if (version >= DETACHED && offset === 0) {
        const detached = detachedBuffers[detachedCount];
        detachedCount += 1;
        if (detached?.byteLength === length) return new DataView(detached);
        const found = detached?.byteLength ?? "none";
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
function readBatch(kind, batch) {
  const { header, readBuffers } = readFrame(kind, batch, BATCH);
  if (!Array.isArray(header)) throw invalid("the header is not a list");
  const all = readBuffers();
  let end = 0;
  let fits = true;
  const originals = /* @__PURE__ */ new Map();
  const elements = header.map((parsed, index) => {
    const element = isObject(parsed) ? parsed : {};
    const { buffer_count = 0, comm_id, content, like } = element;
    const start = end;
    end += Number(buffer_count);
    const buffers = all.slice(start, end);
    fits &&= buffers.length === buffer_count;
    if (like === void 0) {
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
      }
    };
  });
  if (!fits || end < all.length) throw invalid("wrong buffer_count");
  return elements;
}
function decodeBatch(kind, frame, detachedBuffers = []) {
  const message = { frame: bytesIn(frame), detachedBuffers };
  if (!isBatch(message)) throw invalid(`not a batch (expected version ${BATCH})`);
  return readBatch(kind, message).map(({ parsed, readBuffers }, index) => {
    const buffers = readBuffers();
    if (!isObject(parsed)) throw invalid(`message ${index} is not an object`);
    const { buffer_count: _, ...header } = parsed;
    if (header.buffers !== void 0) throw invalid(`message ${index} contains buffers`);
    const { comm_id } = isObject(header.content) ? header.content : {};
    if (typeof comm_id !== "string" || comm_id === "")
      throw invalid(`message ${index} has no comm_id`);
    return { header, buffers };
  });
}
function cloneJson(value) {
  if (Array.isArray(value)) return value.map(cloneJson);
  if (!isObject(value)) return value;
  const copy = { ...value };
  for (const key in copy) copy[key] = cloneJson(copy[key]);
  return copy;
}
function detachedLengths(frame) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.byteLength < FIXED_BYTES || view.getUint8(0) < DETACHED) return [];
  return entriesIn(view).flatMap(({ offset, length }) => offset === 0 ? length : []);
}
function encodeFrame(kind, header, buffers, { detachFromBytes = Number.POSITIVE_INFINITY } = {}) {
  const isDetached = buffers.some(({ byteLength }) => byteLength >= detachFromBytes);
  return writeParts(isDetached ? DETACHED : INLINE, kind, header, buffers, detachFromBytes);
}
function encodeBatch(kind, messages, { detachFromBytes = Number.POSITIVE_INFINITY } = {}) {
  const buffers = [];
  const elements = messages.map((message) => {
    if ("like" in message) return { comm_id: message.comm_id, like: message.like };
    const { header, buffers: own = [] } = message;
    for (const buffer of own) buffers.push(buffer);
    return own.length > 0 ? { ...header, buffer_count: own.length } : header;
  });
  return writeParts(BATCH, kind, elements, buffers, detachFromBytes);
}
function writeParts(version, kind, header, buffers, detachFromBytes) {
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
function parseHeader(bytes) {
  try {
    return JSON.parse(new TextDecoder(void 0, { fatal: true, ignoreBOM: true }).decode(bytes));
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
function bytesIn(frame) {
  return frame instanceof ArrayBuffer ? new Uint8Array(frame) : frame;
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
  decodeBatch,
  decodeFrame,
  detachedLengths,
  encodeBatch,
  encodeFrame,
  isBatch,
  readBatch,
  readFrame
};
