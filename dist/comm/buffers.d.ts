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
export declare function decodeBase64(text: string): DataView;
/** Returns the bytes of a buffer, or the bytes that a view shows. */
export declare function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array;
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
export declare function encodeBase64(buffer: ArrayBuffer | ArrayBufferView): string;
type BufferPathList = (string | number)[][];
/**
 * Checks that every path leads to a place inside `state` where a buffer can be put.
 *
 * @throws {RangeError} when a path is invalid
 */
export declare function checkBufferPaths(state: unknown, paths: unknown, bufferCount: number): asserts paths is BufferPathList;
export {};
