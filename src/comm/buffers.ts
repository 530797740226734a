/** Base64 text ⇄ bytes, and the check of the places where buffers go. */
/** The browser's own codec (Chromium 140, Firefox 133, Safari 18.2), not yet in TypeScript's lib. */
interface NativeCodec {
  fromBase64?: (text: string, options: { lastChunkHandling: "strict" }) => Uint8Array;
}
interface NativeEncoder {
  toBase64?: () => string;
}

/** So many arguments every engine lets a function have. */
const CHUNK_BYTES = 0x2000;
const CANONICAL = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Decodes canonical base64 (RFC 4648 §4, padded, no white space) into a view that owns its bytes.
 *
 * @returns a `DataView` at offset 0 of an `ArrayBuffer` of its own
 * @throws {RangeError} when the text is not canonical base64
 */
export function decodeBase64(text: string): DataView {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const byteLength = (text.length / 4) * 3 - padding;
  if (text.length % 4 !== 0) {
    throw new RangeError(`invalid base64: ${text.length} characters are not a multiple of 4`);
  }
  const native = (Uint8Array as unknown as NativeCodec).fromBase64;
  let bytes: Uint8Array;
  if (native) {
    try {
      bytes = native.call(Uint8Array, text, { lastChunkHandling: "strict" });
    } catch (cause) {
      throw new RangeError("invalid base64: a character or the padding is wrong", { cause });
    }
  } else {
    bytes = decodePortably(text, padding);
  }
  // The native decoder skips white space; then there are fewer bytes than the length promises.
  if (bytes.byteLength !== byteLength) {
    throw new RangeError("invalid base64: white space in it");
  }
  const owned =
    bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  return new DataView(owned.buffer);
}

function decodePortably(text: string, padding: number): Uint8Array {
  // `atob` skips white space.
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

function encodePortably(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  }
  return btoa(binary);
}

/** The bytes that a buffer or a view shows: of a view with an offset, exactly its own. */
export function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/** Encodes bytes as canonical base64. */
export function encodeBase64(buffer: ArrayBuffer | ArrayBufferView): string {
  const bytes = bytesOf(buffer);
  const native = (bytes as unknown as NativeEncoder).toBase64;
  return native ? native.call(bytes) : encodePortably(bytes);
}

/** Keys that lead out of the data into prototypes. */
const FORBIDDEN_KEYS = new Set<unknown>(["__proto__", "constructor", "prototype"]);

/**
 * Checks that every path leads to a place inside `state` where a buffer can be put.
 *
 * @throws {RangeError} naming the path and what is wrong with it
 */
export function checkBufferPaths(
  state: unknown,
  paths: unknown,
  bufferCount: number,
): asserts paths is BufferPathList {
  if (!Array.isArray(paths)) throw new RangeError("buffer_paths is not a list");
  if (paths.length > bufferCount) {
    throw new RangeError(`${paths.length} buffer paths, but only ${bufferCount} buffers`);
  }
  for (const path of paths) checkPath(state, path);
  if (paths.length > 1) checkApart(paths);
}

/** Each path was found in the state as it came; where one buffer is, no other can be put further in. */
function checkApart(paths: BufferPathList): void {
  const places = new Set(paths.map((path) => JSON.stringify(path)));
  for (const path of paths) {
    for (let length = 1; length < path.length; length += 1) {
      if (places.has(JSON.stringify(path.slice(0, length)))) {
        throw new RangeError(`buffer path ${JSON.stringify(path)}: leads through another buffer`);
      }
    }
  }
}

type BufferPathList = (string | number)[][];

function shown(path: unknown): string {
  try {
    return JSON.stringify(path);
  } catch {
    // Nested too deep to be written.
    return String(typeof path);
  }
}

function checkPath(state: unknown, path: unknown): void {
  const wrong = (what: string) => new RangeError(`buffer path ${shown(path)}: ${what}`);
  if (!Array.isArray(path) || path.length === 0) throw wrong("not a list of keys");
  let place: unknown = state;
  path.forEach((key: unknown, depth) => {
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
      place = (place as Record<string, unknown>)[key];
    } else {
      throw wrong("leads through something that is neither object nor list");
    }
  });
}
