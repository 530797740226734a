// src/comm/buffers.ts
import { fromByteArray, toByteArray } from "base64-js";
import { isObject } from "../util/object.js";
var CANONICAL = /^[A-Za-z0-9+/]*={0,2}$/;
function decodeBase64(text) {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (text.length % 4 !== 0) {
    throw new RangeError(`invalid base64: the length ${text.length} is not a multiple of 4`);
  }
  const bytes = hasNativeDecoder(Uint8Array) ? decodeNatively(Uint8Array, text) : decodePortably(text, padding);
  if (bytes.byteLength !== text.length / 4 * 3 - padding) {
    throw new RangeError("invalid base64: contains whitespace");
  }
  const owned = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  return new DataView(owned.buffer);
}
function hasNativeDecoder(type) {
  return "fromBase64" in type;
}
function decodeNatively(decoder, text) {
  try {
    return decoder.fromBase64(text, { lastChunkHandling: "strict" });
  } catch (cause) {
    throw new RangeError("invalid base64: invalid character or padding", { cause });
  }
}
function decodePortably(text, padding) {
  if (!CANONICAL.test(text)) {
    throw new RangeError("invalid base64: invalid character or padding");
  }
  const bytes = toByteArray(text);
  if (padding > 0 && fromByteArray(bytes.subarray(padding - 3)) !== text.slice(-4)) {
    throw new RangeError("invalid base64: non-zero padding bits");
  }
  return bytes;
}
function bytesOf(buffer) {
  return ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);
}
function encodeBase64(buffer) {
  const bytes = bytesOf(buffer);
  return hasNativeEncoder(bytes) ? bytes.toBase64() : fromByteArray(bytes);
}
function hasNativeEncoder(bytes) {
  return "toBase64" in bytes;
}
var FORBIDDEN_KEYS = /* @__PURE__ */ new Set(["__proto__", "constructor", "prototype"]);
function checkBufferPaths(state, paths, bufferCount) {
  if (!Array.isArray(paths)) throw new RangeError("buffer_paths is not an array");
  if (paths.length > bufferCount) {
    throw new RangeError(
      `too many buffer paths (expected at most ${bufferCount}, got ${paths.length})`
    );
  }
  for (const path of paths) checkPath(state, path);
  if (paths.length > 1) checkNesting(paths);
}
function checkNesting(paths) {
  const places = new Set(paths.map((path) => JSON.stringify(path)));
  for (const path of paths) {
    for (let length = 1; length < path.length; length += 1) {
      if (places.has(JSON.stringify(path.slice(0, length)))) {
        throw new RangeError(`buffer path ${JSON.stringify(path)}: leads through another buffer`);
      }
    }
  }
}
function checkPath(state, path) {
  const invalid = (reason) => new RangeError(`buffer path ${described(path)}: ${reason}`);
  if (!Array.isArray(path) || path.length === 0) throw invalid("not a non-empty array of keys");
  let place = state;
  path.forEach((key, depth) => {
    if (FORBIDDEN_KEYS.has(key)) throw invalid(`forbidden key ${described(key)}`);
    const isLast = depth === path.length - 1;
    if (Array.isArray(place)) {
      if (typeof key !== "number" || !Number.isInteger(key) || key < 0 || key >= place.length) {
        throw invalid(`no index ${described(key)} in an array of ${place.length}`);
      }
      place = place[key];
    } else if (isObject(place)) {
      if (typeof key !== "string") throw invalid(`the key ${described(key)} is not a string`);
      if (!isLast && !Object.hasOwn(place, key)) throw invalid(`no key ${described(key)}`);
      place = place[key];
    } else {
      throw invalid("leads through a primitive value");
    }
  });
}
function described(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return typeof value;
  }
}
export {
  bytesOf,
  checkBufferPaths,
  decodeBase64,
  encodeBase64
};
