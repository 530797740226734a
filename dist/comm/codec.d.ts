import type { CommCloseMessage, CommMessage, CommMsgMessage, CommOpenMessage, MessageKind, OutgoingMessage } from "./messages.js";
/**
 * Parses and validates a message from the server.
 *
 * The payload is the argument of a Shiny custom-message handler: a JSON string, the parsed object, or
 * a binary frame (`docs/frames.md`). The client also passes a binary frame with its detached buffers,
 * and a parsed text. An object is not changed; the caller owns the result.
 *
 * @example
 * ```ts
 * import { decode } from "shiny-comm/codec";
 *
 * const text = '{"content": {"comm_id": "c1", "data": {"n": 1}}, "buffers": ["AQID"]}';
 * const { content, buffers } = decode("comm_msg", text);
 * console.log(content.comm_id, content.data.n, buffers[0]?.byteLength); // c1 1 3
 * ```
 * @throws {CommError} `DECODE` when the message is invalid; the error names the comm, if it is readable
 */
export declare function decode(kind: "comm_open", payload: unknown): CommOpenMessage;
export declare function decode(kind: "comm_msg", payload: unknown): CommMsgMessage;
export declare function decode(kind: "comm_close", payload: unknown): CommCloseMessage;
export declare function decode(kind: MessageKind, payload: unknown): CommMessage;
/**
 * Returns the payloads of the messages in a payload, in order. The messages of a batch share no object, so a
 * listener of one cannot change another. An invalid batch is one payload, which {@link decode} rejects.
 */
export declare function payloadsIn(kind: MessageKind, payload: unknown): unknown[];
/**
 * Writes a message to the server as the text for the input `shinywidgets_comm_send`. With a target's
 * name, the text is an open, for the input `shiny_comm_open`.
 *
 * @example
 * ```ts
 * import { encode } from "shiny-comm/codec";
 *
 * const buffers = [Uint8Array.of(1, 2, 3)];
 * console.log(encode({ comm_id: "c1", data: { n: 1 }, buffers }));
 * // {"content":{"comm_id":"c1","data":{"n":1}},"metadata":{},"buffers":["AQID"],"header":{}}
 * ```
 * @throws {CommError} `ENCODE` when JSON cannot represent data or metadata, or a buffer is detached
 */
export declare function encode(message: OutgoingMessage): string;
