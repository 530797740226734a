import type { JsonObject, MessageKind } from "./messages.js";
/** The version of the frame that is spoken here: its first byte. */
export declare const FRAME_VERSION = 1;
/** What a frame bears: the object that a text message is, without its `buffers`, and these as bytes. */
export interface Frame {
    /** Parsed JSON. */
    readonly header: unknown;
    /** Each view owns its `ArrayBuffer` and starts at offset 0. */
    readonly buffers: DataView[];
}
/**
 * Reads a frame.
 *
 * Every byte is accounted for: a frame that is cut short, longer than it says, or whose parts lie
 * anywhere but one behind the other is refused.
 *
 * @param kind what the frame must be
 * @throws {RangeError} saying what is wrong
 */
export declare function decodeFrame(kind: MessageKind, frame: ArrayBuffer): Frame;
/**
 * Writes a frame.
 *
 * @param header what the text message would be, without its `buffers`
 * @throws {TypeError} when the header cannot be written as JSON
 */
export declare function encodeFrame(kind: MessageKind, header: JsonObject, buffers: readonly Uint8Array[]): ArrayBuffer;
