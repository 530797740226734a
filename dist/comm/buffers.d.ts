/**
 * Decodes canonical base64 (RFC 4648 §4, padded, no white space) into a view that owns its bytes.
 *
 * @returns a `DataView` at offset 0 of an `ArrayBuffer` of its own
 * @throws {RangeError} when the text is not canonical base64
 */
export declare function decodeBase64(text: string): DataView;
/** The bytes that a buffer or a view shows: of a view with an offset, exactly its own. */
export declare function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array;
/** Encodes bytes as canonical base64. */
export declare function encodeBase64(buffer: ArrayBuffer | ArrayBufferView): string;
/**
 * Checks that every path leads to a place inside `state` where a buffer can be put.
 *
 * @throws {RangeError} naming the path and what is wrong with it
 */
export declare function checkBufferPaths(state: unknown, paths: unknown, bufferCount: number): asserts paths is BufferPathList;
type BufferPathList = (string | number)[][];
export {};
