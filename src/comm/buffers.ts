/** Base64 text ⇄ bytes, and the check of buffer paths. */
import { fromByteArray, toByteArray } from "base64-js";
import { isObject } from "../util/object.js";

/** The native codec (Chromium 140, Firefox 133, Safari 18.2), which TypeScript's library does not declare. */
interface NativeDecoder {
  fromBase64(text: string, options: { lastChunkHandling: "strict" }): Uint8Array;
}
interface NativeEncoder {
  toBase64(): string;
}

const CANONICAL = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Decodes canonical base64 (RFC 4648 §4, with padding, without whitespace).
 *
 * @example
 * ```ts
 * import { decodeBase64 } from "shiny-comm/codec";
 *
 * console.log(decodeBase64("AQID").getUint8(2)); // 3
 * ```
 * @returns a `DataView` at offset 0 that owns its `ArrayBuffer`
 * @throws {RangeError} when the text is not canonical base64
 */
export function decodeBase64(text: string): DataView {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (text.length % 4 !== 0) {
    throw new RangeError(`invalid base64: the length ${text.length} is not a multiple of 4`);
  }
  const bytes = hasNativeDecoder(Uint8Array)
    ? decodeNatively(Uint8Array, text)
    : decodePortably(text, padding);
  // The native decoder skips whitespace, so the result is shorter than the text's length implies.
  if (bytes.byteLength !== (text.length / 4) * 3 - padding) {
    throw new RangeError("invalid base64: contains whitespace");
  }
  const owned =
    bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  return new DataView(owned.buffer);
}

function hasNativeDecoder(type: object): type is NativeDecoder {
  return "fromBase64" in type;
}

function decodeNatively(decoder: NativeDecoder, text: string): Uint8Array {
  try {
    return decoder.fromBase64(text, { lastChunkHandling: "strict" });
  } catch (cause) {
    throw new RangeError("invalid base64: invalid character or padding", { cause });
  }
}

function decodePortably(text: string, padding: number): Uint8Array {
  // `toByteArray` accepts the URL-safe alphabet, and ignores the text after the padding.
  if (!CANONICAL.test(text)) {
    throw new RangeError("invalid base64: invalid character or padding");
  }
  const bytes = toByteArray(text);
  if (padding > 0 && fromByteArray(bytes.subarray(padding - 3)) !== text.slice(-4)) {
    throw new RangeError("invalid base64: non-zero padding bits");
  }
  return bytes;
}

/** Returns the bytes of a buffer, or the bytes that a view shows. */
export function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/**
 * Encodes bytes as canonical base64.
 *
 * @example
 * ```ts
 * import { encodeBase64 } from "shiny-comm/codec";
 *
 * console.log(encodeBase64(Uint8Array.of(1, 2, 3))); // AQID
 * ```
 */
export function encodeBase64(buffer: ArrayBuffer | ArrayBufferView): string {
  const bytes = bytesOf(buffer);
  return hasNativeEncoder(bytes) ? bytes.toBase64() : fromByteArray(bytes);
}

function hasNativeEncoder(bytes: Uint8Array): bytes is Uint8Array & NativeEncoder {
  return "toBase64" in bytes;
}

/** Keys that lead out of the data into prototypes. */
const FORBIDDEN_KEYS = new Set<unknown>(["__proto__", "constructor", "prototype"]);

type BufferPathList = (string | number)[][];

/**
 * Checks that every path leads to a place inside `state` where a buffer can be put.
 *
 * @throws {RangeError} when a path is invalid
 */
export function checkBufferPaths(
  state: unknown,
  paths: unknown,
  bufferCount: number,
): asserts paths is BufferPathList {
  if (!Array.isArray(paths)) throw new RangeError("buffer_paths is not an array");
  if (paths.length > bufferCount) {
    throw new RangeError(
      `too many buffer paths (expected at most ${bufferCount}, got ${paths.length})`,
    );
  }
  for (const path of paths) checkPath(state, path);
  if (paths.length > 1) checkNesting(paths);
}

/** Checks that no path leads through another buffer: each was checked against the state without buffers. */
function checkNesting(paths: BufferPathList): void {
  const places = new Set(paths.map((path) => JSON.stringify(path)));
  for (const path of paths) {
    for (let length = 1; length < path.length; length += 1) {
      if (places.has(JSON.stringify(path.slice(0, length)))) {
        throw new RangeError(`buffer path ${JSON.stringify(path)}: leads through another buffer`);
      }
    }
  }
}

function checkPath(state: unknown, path: unknown): void {
  const invalid = (reason: string) => new RangeError(`buffer path ${described(path)}: ${reason}`);
  if (!Array.isArray(path) || path.length === 0) throw invalid("not a non-empty array of keys");
  let place: unknown = state;
  path.forEach((key: unknown, depth) => {
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

function described(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Too deeply nested for `JSON.stringify`.
    return typeof value;
  }
}
