/** Messages as the wire has them ⇄ messages as the rest of the package knows them. */
import { type CommCloseMessage, type CommMessage, type CommMsgMessage, type CommOpenMessage, type MessageKind, type OutgoingMessage } from "./messages.js";
/**
 * Parses and validates a message from the server.
 *
 * The payload is what a Shiny custom-message handler gets: a string of JSON, the object it stands
 * for, or a binary frame (`docs/frames.md`); or what the client makes of these: a binary frame with
 * the buffers that came after it, a text that has been parsed. An object is not changed; what is
 * returned is fresh, and the receiver's to change.
 *
 * @throws {CommError} `DECODE` naming the comm (where it can be read) and what is wrong
 */
export declare function decode(kind: "comm_open", payload: unknown): CommOpenMessage;
export declare function decode(kind: "comm_msg", payload: unknown): CommMsgMessage;
export declare function decode(kind: "comm_close", payload: unknown): CommCloseMessage;
export declare function decode(kind: MessageKind, payload: unknown): CommMessage;
/**
 * Writes a message to the server as the text that the input `shinywidgets_comm_send` takes; with a
 * target's name, as `shiny_comm_open` takes it.
 *
 * @throws {CommError} `ENCODE` naming the comm, when data, metadata or a buffer cannot be written
 */
export declare function encode(message: OutgoingMessage): string;
