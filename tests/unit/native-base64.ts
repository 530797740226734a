/** Replaces the base64 codec of newer engines, so that tests run with and without one on any engine. */

/** Counts of calls of the fake codec. */
export interface NativeCalls {
  fromBase64: number;
  toBase64: number;
}

const original = {
  fromBase64: Object.getOwnPropertyDescriptor(Uint8Array, "fromBase64"),
  toBase64: Object.getOwnPropertyDescriptor(Uint8Array.prototype, "toBase64"),
};

/** Removes the engine's codec, if it has one. */
export function removeNativeBase64(): void {
  Reflect.deleteProperty(Uint8Array, "fromBase64");
  Reflect.deleteProperty(Uint8Array.prototype, "toBase64");
}

/** Restores the engine's codec, if it had one. */
export function restoreNativeBase64(): void {
  removeNativeBase64();
  if (original.fromBase64) Object.defineProperty(Uint8Array, "fromBase64", original.fromBase64);
  if (original.toBase64) {
    Object.defineProperty(Uint8Array.prototype, "toBase64", original.toBase64);
  }
}

/**
 * Installs a fake codec that follows ECMAScript's `lastChunkHandling: "strict"`: white space in ASCII is
 * skipped, padding is required, bits after the last byte must be unset.
 *
 * @param pooled results are views into a larger buffer, which the real codec never makes
 */
export function installNativeBase64({ pooled = false } = {}): NativeCalls {
  const calls: NativeCalls = { fromBase64: 0, toBase64: 0 };
  const define = (target: object, name: keyof NativeCalls, value: unknown): void => {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  };
  define(Uint8Array, "fromBase64", (text: string, options: { lastChunkHandling?: string }) => {
    calls.fromBase64 += 1;
    if (options?.lastChunkHandling !== "strict")
      throw new TypeError("the fake codec supports strict only");
    const packed = text.replace(/[\t\n\f\r ]/g, "");
    const bytes = Buffer.from(packed, "base64");
    // Buffer decodes any text; a canonical text is equal to its encoding.
    if (bytes.toString("base64") !== packed) throw new SyntaxError("not base64");
    if (!pooled) return new Uint8Array(bytes);
    const pool = new Uint8Array(bytes.byteLength + 16);
    pool.set(bytes, 8);
    return pool.subarray(8, 8 + bytes.byteLength);
  });
  define(Uint8Array.prototype, "toBase64", function toBase64(this: Uint8Array): string {
    calls.toBase64 += 1;
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString("base64");
  });
  return calls;
}
