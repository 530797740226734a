// src/comm/buffers.ts
var CHUNK_BYTES = 8192;
var CANONICAL = /^[A-Za-z0-9+/]*={0,2}$/;
function decodeBase64(text) {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const byteLength = text.length / 4 * 3 - padding;
  if (text.length % 4 !== 0) {
    throw new RangeError(`invalid base64: ${text.length} characters are not a multiple of 4`);
  }
  const native = Uint8Array.fromBase64;
  let bytes;
  if (native) {
    try {
      bytes = native.call(Uint8Array, text, { lastChunkHandling: "strict" });
    } catch (cause) {
      throw new RangeError("invalid base64: a character or the padding is wrong", { cause });
    }
  } else {
    bytes = decodePortably(text, padding);
  }
  if (bytes.byteLength !== byteLength) {
    throw new RangeError("invalid base64: white space in it");
  }
  const owned = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  return new DataView(owned.buffer);
}
function decodePortably(text, padding) {
  if (!CANONICAL.test(text)) {
    throw new RangeError("invalid base64: a character or the padding is wrong");
  }
  const binary = atob(text);
  if (padding > 0 && btoa(binary.slice(padding - 3)) !== text.slice(-4)) {
    throw new RangeError("invalid base64: bits set behind the last byte");
  }
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
function encodePortably(bytes) {
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  }
  return btoa(binary);
}
function bytesOf(buffer) {
  return ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);
}
function encodeBase64(buffer) {
  const bytes = bytesOf(buffer);
  const native = bytes.toBase64;
  return native ? native.call(bytes) : encodePortably(bytes);
}
var FORBIDDEN_KEYS = /* @__PURE__ */ new Set(["__proto__", "constructor", "prototype"]);
function checkBufferPaths(state, paths, bufferCount) {
  if (!Array.isArray(paths)) throw new RangeError("buffer_paths is not a list");
  if (paths.length > bufferCount) {
    throw new RangeError(`${paths.length} buffer paths, but only ${bufferCount} buffers`);
  }
  for (const path of paths) checkPath(state, path);
  if (paths.length > 1) checkApart(paths);
}
function checkApart(paths) {
  const places = new Set(paths.map((path) => JSON.stringify(path)));
  for (const path of paths) {
    for (let length = 1; length < path.length; length += 1) {
      if (places.has(JSON.stringify(path.slice(0, length)))) {
        throw new RangeError(`buffer path ${JSON.stringify(path)}: leads through another buffer`);
      }
    }
  }
}
function shown(path) {
  try {
    return JSON.stringify(path);
  } catch {
    return String(typeof path);
  }
}
function checkPath(state, path) {
  const wrong = (what) => new RangeError(`buffer path ${shown(path)}: ${what}`);
  if (!Array.isArray(path) || path.length === 0) throw wrong("not a list of keys");
  let place = state;
  path.forEach((key, depth) => {
    if (FORBIDDEN_KEYS.has(key)) throw wrong("leads out of the state");
    const last = depth === path.length - 1;
    if (Array.isArray(place)) {
      if (typeof key !== "number" || !Number.isInteger(key) || key < 0 || key >= place.length) {
        throw wrong(`no place ${JSON.stringify(key)} in a list of ${place.length}`);
      }
      place = place[key];
    } else if (typeof place === "object" && place !== null) {
      if (typeof key !== "string") throw wrong(`${JSON.stringify(key)} is not a key`);
      if (!last && !Object.hasOwn(place, key)) throw wrong(`no key ${JSON.stringify(key)}`);
      place = place[key];
    } else {
      throw wrong("leads through something that is neither object nor list");
    }
  });
}
export {
  bytesOf,
  checkBufferPaths,
  decodeBase64,
  encodeBase64
};
