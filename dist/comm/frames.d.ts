import type { JsonObject, MessageKind } from "./messages.js";
/**
 * The highest supported version of the frame; lower versions are supported as well.
 *
 * @example
 * ```ts
 * import { FRAME_VERSION } from "shiny-comm/codec";
 *
 * console.log(FRAME_VERSION); // 2
 * ```
 */
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
 * @example
 * ```ts
 * import { decodeFrame, encodeFrame } from "shiny-comm/codec";
 *
 * const frame = encodeFrame("comm_msg", { content: { comm_id: "c1" } }, [Uint8Array.of(1, 2, 3)]);
 * const { header, buffers } = decodeFrame("comm_msg", frame);
 * console.log(JSON.stringify(header), buffers[0]?.byteLength); // {"content":{"comm_id":"c1"}} 3
 * ```
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
 * Returns the lengths of the buffers that follow a frame, in order. The result is empty for an
 * invalid frame, whose fault {@link decodeFrame} reports.
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
 * @example
 * ```ts
 * import { encodeFrame } from "shiny-comm/codec";
 *
 * const header = { content: { comm_id: "c1", data: {} } };
 * const large = new Uint8Array(100_000);
 * const frame = encodeFrame("comm_msg", header, [large], { detachFromBytes: 32_768 });
 * // Send `large` as a websocket frame after this one.
 * console.log(frame.byteLength < 100); // true
 * ```
 * @param header the object of the text message, without its `buffers`
 * @throws {TypeError} when JSON cannot represent the header
 */
export declare function encodeFrame(kind: MessageKind, header: JsonObject, buffers: readonly Uint8Array[], { detachFromBytes }?: EncodeFrameOptions): ArrayBuffer;
