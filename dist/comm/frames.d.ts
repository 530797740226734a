import type { JsonObject, MessageKind } from "./messages.js";
import type { ParsedMessage } from "./parsed-message.js";
/**
 * The highest supported version of the frame; lower versions are supported as well.
 *
 * @example
 * ```ts
 * import { FRAME_VERSION } from "shiny-comm/codec";
 *
 * console.log(FRAME_VERSION); // 3
 * ```
 */
export declare const FRAME_VERSION = 3;
/** Servers detach a buffer of at least this size, in bytes. */
export declare const DETACH_FROM_BYTES = 32768;
/** A binary message as received. */
export interface BinaryMessage {
    /** The frame, without Shiny's envelope; the bytes are not changed. */
    readonly frame: Uint8Array<ArrayBuffer>;
    /** The buffers that followed the frame, in order; the decoded message owns them. */
    readonly detachedBuffers: readonly ArrayBuffer[];
}
/** Returns a payload as a binary message, or `undefined` for any other payload: JSON contains no bytes. */
export declare function binaryIn(payload: unknown): BinaryMessage | undefined;
/** Returns whether a binary message is a batch. */
export declare function isBatch({ frame }: BinaryMessage): boolean;
/** The content of a binary frame, or of a message in a batch. */
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
 * @param maxVersion the highest expected version of the frame
 * @throws {RangeError} when the frame is invalid; so does `readBuffers`
 */
export declare function readFrame(kind: MessageKind, { frame, detachedBuffers }: BinaryMessage, maxVersion?: number): {
    header: unknown;
    readBuffers: () => DataView[];
};
/** A message of a batch that equals an earlier one, except for its comm. */
export interface BatchReference {
    /** The id of the message's comm. */
    readonly comm_id: string;
    /** The index of the earlier message, which has no buffers and is not a reference. */
    readonly like: number;
}
/**
 * Reads a batch, and replaces references by copies. The messages are not validated: `readBuffers` of an
 * invalid reference throws.
 *
 * @throws {RangeError} when the frame is invalid
 */
export declare function readBatch(kind: MessageKind, batch: BinaryMessage): BatchElement[];
/** A message of a batch. */
interface BatchElement extends ParsedMessage {
    readonly readBuffers: () => DataView[];
}
/**
 * Reads a batch: a frame with several messages of one kind. A message that refers to an earlier one is a
 * copy of it.
 *
 * @example
 * ```ts
 * import { decodeBatch, encodeBatch } from "shiny-comm/codec";
 *
 * const header = { content: { comm_id: "c1", data: { n: 1 } } };
 * const batch = encodeBatch("comm_msg", [{ header }, { comm_id: "c2", like: 0 }]);
 * const [, second] = decodeBatch("comm_msg", batch);
 * console.log(JSON.stringify(second?.header)); // {"content":{"comm_id":"c2","data":{"n":1}}}
 * ```
 * @param kind the expected kind of the messages
 * @param detachedBuffers the buffers that followed the frame, in order; the result owns them
 * @throws {RangeError} when the frame, or a message in it, is invalid
 */
export declare function decodeBatch(kind: MessageKind, frame: ArrayBuffer | Uint8Array<ArrayBuffer>, detachedBuffers?: readonly ArrayBuffer[]): Frame[];
/**
 * Returns the lengths of the buffers that follow a frame, in order. The result is empty for an
 * invalid frame, whose fault {@link decodeFrame} reports.
 */
export declare function detachedLengths(frame: Uint8Array<ArrayBuffer>): number[];
/** Options of {@link encodeFrame} and {@link encodeBatch}. */
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
/** A message for {@link encodeBatch}. */
export interface BatchMessage {
    /** The object of the text message, without its `buffers`. */
    readonly header: JsonObject;
    /** The message's buffers; none by default. */
    readonly buffers?: readonly Uint8Array[];
}
/**
 * Writes a batch: a frame with several messages of one kind, for pages that support version 3 of frames. The
 * caller sends the detached buffers of all messages after the frame, in order.
 *
 * @example
 * ```ts
 * import { encodeBatch } from "shiny-comm/codec";
 *
 * const update = (comm_id: string) => ({ header: { content: { comm_id, data: {} } } });
 * const batch = encodeBatch("comm_msg", [update("c1"), update("c2")]);
 * console.log(new Uint8Array(batch)[0]); // 3
 * ```
 * @throws {TypeError} when JSON cannot represent a header
 */
export declare function encodeBatch(kind: MessageKind, messages: readonly (BatchMessage | BatchReference)[], { detachFromBytes }?: EncodeFrameOptions): ArrayBuffer;
export {};
