import type { JsonObject, MessageKind } from "./messages.js";
/** The highest version of the frame that is spoken here; those below it are, too. */
export declare const FRAME_VERSION = 2;
/** Of how many bytes on servers send a buffer as a websocket frame of its own. */
export declare const SEPARATE_FROM: number;
/** A message as it came in binary. */
export interface BinaryMessage {
    /** The frame, without Shiny's envelope; the bytes are not changed. */
    readonly frame: Uint8Array<ArrayBuffer>;
    /** The buffers that came after it, in order; they become the message's own. */
    readonly separate: readonly ArrayBuffer[];
}
/** What came in binary, if that is what a payload is: nothing that was JSON has bytes in it. */
export declare function binaryIn(payload: unknown): BinaryMessage | undefined;
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
 * @param separate the buffers that came after it, in order; what is returned owns them
 * @throws {RangeError} saying what is wrong
 */
export declare function decodeFrame(kind: MessageKind, frame: ArrayBuffer | Uint8Array<ArrayBuffer>, separate?: readonly ArrayBuffer[]): Frame;
/**
 * The same in two steps: who knows the header can say whose the frame is that has something wrong
 * with its buffers.
 *
 * @throws {RangeError} saying what is wrong; so does `readBuffers`
 */
export declare function readFrame(kind: MessageKind, { frame, separate }: BinaryMessage): {
    header: unknown;
    readBuffers: () => DataView[];
};
/**
 * The lengths of the buffers that come after a frame, in order. None of a frame of which that
 * cannot be read: {@link decodeFrame} says what is wrong with it.
 */
export declare function separateLengths(frame: Uint8Array<ArrayBuffer>): number[];
/** How a frame is written. */
export interface EncodeFrameOptions {
    /**
     * Buffers of at least so many bytes are left out of the frame; whoever sends it sends them after it,
     * in order, each as a binary websocket frame. By default all are in it.
     */
    separateFrom?: number;
}
/**
 * Writes a frame.
 *
 * @param header what the text message would be, without its `buffers`
 * @throws {TypeError} when the header cannot be written as JSON
 */
export declare function encodeFrame(kind: MessageKind, header: JsonObject, buffers: readonly Uint8Array[], { separateFrom }?: EncodeFrameOptions): ArrayBuffer;
