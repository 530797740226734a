import type { JsonObject, MessageKind } from "./messages.js";
/** The highest supported version of the frame; lower versions are supported as well. */
export declare const FRAME_VERSION = 2;
/** Servers detach a buffer of at least this size, in bytes. */
export declare const DETACH_FROM_BYTES: number;
/** A binary message as received. */
export interface BinaryMessage {
    /** The frame, without Shiny's envelope; the bytes are not changed. */
    readonly frame: Uint8Array<ArrayBuffer>;
    /** The buffers that followed the frame, in order; the decoded message owns them. */
    readonly detachedBuffers: readonly ArrayBuffer[];
}
/** Returns a payload as a binary message, or `undefined` for any other payload: JSON contains no bytes. */
export declare function binaryIn(payload: unknown): BinaryMessage | undefined;
/** The content of a binary frame. */
export interface Frame {
    /** The object of a text message without its `buffers`, as parsed JSON. */
    readonly header: unknown;
    /** The buffers; each view owns its `ArrayBuffer` and starts at offset 0. */
    readonly buffers: DataView[];
}
/**
 * Reads a frame. Every byte is checked: the parts must follow one another without gaps or extra data.
 *
 * @param kind the expected kind of message
 * @param detachedBuffers the buffers that followed the frame, in order; the result owns them
 * @throws {RangeError} when the frame is invalid
 */
export declare function decodeFrame(kind: MessageKind, frame: ArrayBuffer | Uint8Array<ArrayBuffer>, detachedBuffers?: readonly ArrayBuffer[]): Frame;
/**
 * Reads the header of a frame, and returns a function that reads its buffers. A caller that knows the
 * header can name the comm in an error about the buffers.
 *
 * @throws {RangeError} when the frame is invalid; so does `readBuffers`
 */
export declare function readFrame(kind: MessageKind, { frame, detachedBuffers }: BinaryMessage): {
    header: unknown;
    readBuffers: () => DataView[];
};
/**
 * Returns the lengths of the buffers that follow a frame, in order. An unreadable frame has none:
 * {@link decodeFrame} reports its fault.
 */
export declare function detachedLengths(frame: Uint8Array<ArrayBuffer>): number[];
/** Options of {@link encodeFrame}. */
export interface EncodeFrameOptions {
    /**
     * The size from which a buffer is detached, in bytes; by default no buffer is. The caller sends the
     * detached buffers after the frame, in order, each as a binary websocket frame.
     */
    detachFromBytes?: number;
}
/**
 * Writes a frame.
 *
 * @param header the object of the text message, without its `buffers`
 * @throws {TypeError} when JSON cannot represent the header
 */
export declare function encodeFrame(kind: MessageKind, header: JsonObject, buffers: readonly Uint8Array[], { detachFromBytes }?: EncodeFrameOptions): ArrayBuffer;
