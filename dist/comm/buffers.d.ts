/**
 * Decodes canonical base64 (RFC 4648 §4, with padding, without whitespace).
 *
 * @returns a `DataView` at offset 0 that owns its `ArrayBuffer`
 * @throws {RangeError} when the text is not canonical base64
 */
export declare function decodeBase64(text: string): DataView;
/** Returns the bytes of a buffer, or the bytes that a view shows. */
export declare function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array;
/** Encodes bytes as canonical base64. */
export declare function encodeBase64(buffer: ArrayBuffer | ArrayBufferView): string;
type BufferPathList = (string | number)[][];
/**
 * Checks that every path leads to a place inside `state` where a buffer can be put.
 *
 * @throws {RangeError} when a path is invalid
 */
export declare function checkBufferPaths(state: unknown, paths: unknown, bufferCount: number): asserts paths is BufferPathList;
export {};
