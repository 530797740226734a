/** Messages as the wire has them ⇄ messages as the rest of the package knows them. */
import { checkBufferPaths, decodeBase64, encodeBase64 } from "./buffers.js";
import { DecodeError, EncodeError, messageOf } from "./errors.js";
import type {
  CommCloseMessage,
  CommMessage,
  CommMsgMessage,
  CommOpenMessage,
  JsonObject,
  MessageKind,
  OutgoingMessage,
} from "./messages.js";

/**
 * Parses and validates a message from the server.
 *
 * The payload is what a Shiny custom-message handler gets: a string of JSON, or the object it
 * stands for. An object is not changed; what is returned is fresh, and the receiver's to change.
 *
 * @throws {DecodeError} naming the comm (where it can be read) and what is wrong
 */
export function decode(kind: "comm_open", payload: unknown): CommOpenMessage;
export function decode(kind: "comm_msg", payload: unknown): CommMsgMessage;
export function decode(kind: "comm_close", payload: unknown): CommCloseMessage;
export function decode(kind: MessageKind, payload: unknown): CommMessage;
export function decode(kind: MessageKind, payload: unknown): CommMessage {
  let comm_id: string | undefined;
  const fail = (what: string, cause?: unknown) =>
    new DecodeError(`${kind}${comm_id === undefined ? "" : ` for comm ${comm_id}`}: ${what}`, {
      comm_id,
      kind,
      cause,
    });

  let message: unknown;
  try {
    // An object came through Shiny's own parser and may be shared with other listeners.
    message = typeof payload === "string" ? JSON.parse(payload) : structuredClone(payload);
  } catch (cause) {
    throw fail(`not JSON (${messageOf(cause)})`, cause);
  }
  if (!isObject(message)) throw fail("the message is not an object");
  const { content } = message;
  if (!isObject(content)) throw fail("content is not an object");
  if (typeof content.comm_id !== "string" || content.comm_id === "") {
    throw fail("content.comm_id is not a non-empty string");
  }
  comm_id = content.comm_id;

  const data = content.data ?? {};
  if (!isObject(data)) throw fail("content.data is not an object");
  const metadata = message.metadata ?? {};
  if (!isObject(metadata)) throw fail("metadata is not an object");
  const buffers = decodeBuffers(message.buffers ?? [], fail);
  if (data.buffer_paths !== undefined && data.buffer_paths !== null) {
    try {
      checkBufferPaths(data.state, data.buffer_paths, buffers.length);
    } catch (cause) {
      throw fail(messageOf(cause), cause);
    }
  }
  const common = {
    metadata,
    buffers,
    header: isObject(message.header) ? { ...message.header, msg_type: kind } : { msg_type: kind },
  };

  switch (kind) {
    case "comm_open": {
      const { target_name, target_module = null, html_deps = [] } = content;
      if (typeof target_name !== "string") throw fail("content.target_name is not a string");
      if (target_module !== null && typeof target_module !== "string") {
        throw fail("content.target_module is neither null nor a string");
      }
      if (html_deps !== null && !Array.isArray(html_deps)) {
        throw fail("content.html_deps is not a list");
      }
      const open = { comm_id, data, target_name, target_module, html_deps: html_deps ?? [] };
      return { msg_type: kind, content: open, ...common };
    }
    case "comm_msg":
    case "comm_close":
      return { msg_type: kind, content: { comm_id, data }, ...common };
    default:
      throw fail(`unknown kind of message ${String(kind satisfies never)}`);
  }
}

/**
 * Writes a message to the server as the text that the input `shinywidgets_comm_send` takes.
 *
 * @throws {EncodeError} naming the comm, when data, metadata or a buffer cannot be written
 */
export function encode(message: OutgoingMessage): string {
  const { comm_id, data, metadata, buffers } = message;
  try {
    return JSON.stringify({
      content: { comm_id, data },
      // Widgets written in JavaScript pass null as well.
      metadata: metadata ?? {},
      buffers: Array.from(buffers ?? [], encodeBase64),
      header: {},
    });
  } catch (cause) {
    throw new EncodeError(`comm ${comm_id}: cannot encode a message (${messageOf(cause)})`, {
      comm_id,
      cause,
    });
  }
}

type Fail = (what: string, cause?: unknown) => DecodeError;

function decodeBuffers(buffers: unknown, fail: Fail): DataView[] {
  if (!Array.isArray(buffers)) throw fail("buffers is not a list");
  return buffers.map((buffer: unknown, index) => {
    if (typeof buffer !== "string") throw fail(`buffer ${index} is not a string`);
    try {
      return decodeBase64(buffer);
    } catch (cause) {
      throw fail(`buffer ${index}: ${messageOf(cause)}`, cause);
    }
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
