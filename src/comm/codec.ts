/** Messages as the wire has them ⇄ messages as the rest of the package knows them. */

import { isObject } from "../util/object.js";
import { shorten } from "../util/text.js";
import { checkBufferPaths, decodeBase64, encodeBase64 } from "./buffers.js";
import { CommError, messageOf } from "./errors.js";
import { binaryIn, readFrame } from "./frames.js";
import {
  type CommCloseMessage,
  type CommMessage,
  type CommMsgMessage,
  type CommOpenMessage,
  type MessageKind,
  type OutgoingMessage,
  parsedIn,
} from "./messages.js";

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
export function decode(kind: "comm_open", payload: unknown): CommOpenMessage;
export function decode(kind: "comm_msg", payload: unknown): CommMsgMessage;
export function decode(kind: "comm_close", payload: unknown): CommCloseMessage;
export function decode(kind: MessageKind, payload: unknown): CommMessage;
export function decode(kind: MessageKind, payload: unknown): CommMessage {
  let comm_id: string | undefined;
  const fail = (reason: string, cause?: unknown) =>
    new CommError(
      "DECODE",
      comm_id === undefined
        ? `cannot decode ${kind}: ${reason}`
        : `cannot decode ${kind} for comm ${shorten(comm_id, 200)}: ${reason}`,
      {
        comm_id,
        kind,
        cause,
      },
    );

  const binary = binaryIn(payload);
  let message: unknown;
  let readBuffers: (() => DataView[]) | undefined;
  try {
    if (binary) ({ header: message, readBuffers } = readFrame(kind, binary));
    else if (typeof payload === "string") message = JSON.parse(payload);
    // An object that came through Shiny's own parser may be shared with other listeners.
    else message = parsedIn(payload)?.parsed ?? structuredClone(payload);
  } catch (cause) {
    throw fail(binary ? messageOf(cause) : `not JSON (${messageOf(cause)})`, cause);
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
  if (readBuffers && message.buffers !== undefined) {
    throw fail("the header of the binary frame names buffers too");
  }
  let buffers: DataView[];
  try {
    buffers = readBuffers ? readBuffers() : decodeBuffers(message.buffers ?? []);
    if (data.buffer_paths !== undefined && data.buffer_paths !== null) {
      checkBufferPaths(data.state, data.buffer_paths, buffers.length);
    }
    checkTree(data);
  } catch (cause) {
    throw fail(messageOf(cause), cause);
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
 * Writes a message to the server as the text that the input `shinywidgets_comm_send` takes; with a
 * target's name, as `shiny_comm_open` takes it.
 *
 * @throws {CommError} `ENCODE` naming the comm, when data, metadata or a buffer cannot be written
 */
export function encode(message: OutgoingMessage): string {
  const { comm_id, target_name, data, metadata, buffers } = message;
  try {
    // Widgets written in JavaScript pass null as well.
    const parts = [{ comm_id, target_name, data }, metadata ?? {}].map((part) =>
      JSON.stringify(part),
    );
    // Base64 needs no escapes; looking for some in megabytes of it takes long.
    const encoded = Array.from(buffers ?? [], (buffer) => `"${encodeBase64(buffer)}"`);
    return `{"content":${parts[0]},"metadata":${parts[1]},"buffers":[${encoded.join()}],"header":{}}`;
  } catch (cause) {
    throw new CommError(
      "ENCODE",
      `comm ${comm_id}: cannot encode a message (${messageOf(cause)})`,
      {
        comm_id,
        cause,
      },
    );
  }
}

/** @throws {RangeError} saying what is wrong */
function decodeBuffers(buffers: unknown): DataView[] {
  if (!Array.isArray(buffers)) throw new RangeError("buffers is not a list");
  return buffers.map((buffer: unknown, index) => {
    if (typeof buffer !== "string") throw new RangeError(`buffer ${index} is not a string`);
    try {
      return decodeBase64(buffer);
    } catch (cause) {
      throw new RangeError(`buffer ${index}: ${messageOf(cause)}`, { cause });
    }
  });
}

/** Deeper than any state; what handles states later calls itself for each level. */
const MAX_DEPTH = 500;

/**
 * Checks what all that merges, copies or compares data later takes for granted.
 *
 * @throws {RangeError} when the data is nested too deep, or has a key that would set a prototype
 */
function checkTree(data: object): void {
  let level: object[] = [data];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH)
      throw new RangeError(`content.data is nested more than ${MAX_DEPTH} levels deep`);
    const next: object[] = [];
    for (const value of level) {
      if (Object.hasOwn(value, "__proto__"))
        throw new RangeError("content.data has a key __proto__");
      for (const item of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof item === "object" && item !== null) next.push(item);
      }
    }
    level = next;
  }
}
