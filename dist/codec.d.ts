/** The entry `shiny-comm/codec`: reads and writes the messages of comms, without a page. Exports names only. */
export { decodeBase64, encodeBase64 } from "./comm/buffers.js";
export { decode, encode } from "./comm/codec.js";
export { CommError, type CommErrorCode, type CommErrorOptions, isCommError, } from "./comm/errors.js";
export { type BatchMessage, type BatchReference, decodeBatch, decodeFrame, type EncodeFrameOptions, encodeBatch, encodeFrame, FRAME_VERSION, type Frame, } from "./comm/frames.js";
export type { CommCloseMessage, CommContent, CommMessage, CommMessageBase, CommMsgMessage, CommOpenContent, CommOpenMessage, JsonObject, MessageKind, OutgoingMessage, } from "./comm/messages.js";
