/** Messages on the wire ⇄ decoded messages. */
import { isObject } from "../util/object.js";
import { shorten } from "../util/text.js";
import { checkBufferPaths, decodeBase64, encodeBase64 } from "./buffers.js";
import { CommError, messageOf } from "./errors.js";
import { binaryIn, isBatch, readBatch, readFrame } from "./frames.js";
import type {
  CommCloseMessage,
  CommMessage,
  CommMsgMessage,
  CommOpenMessage,
  MessageKind,
  OutgoingMessage,
} from "./messages.js";
import { isParsed, type ParsedMessage } from "./parsed-message.js";

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
      { comm_id, kind, cause },
    );

  const binary = binaryIn(payload);
  let message: unknown;
  let readBuffers: (() => DataView[]) | undefined;
  try {
    if (isParsed(payload)) ({ parsed: message, readBuffers } = payload);
    else if (binary) ({ header: message, readBuffers } = readFrame(kind, binary));
    else if (typeof payload === "string") message = JSON.parse(payload);
    // Shiny parsed the object, and may share it with other listeners.
    else message = structuredClone(payload);
  } catch (cause) {
    throw fail(binary ? messageOf(cause) : `invalid JSON (${messageOf(cause)})`, cause);
  }
  if (isParsed(payload) && payload.fault) throw fail(payload.fault);
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
    throw fail("the header of the binary frame contains buffers");
  }
  let buffers: DataView[];
  try {
    buffers = readBuffers ? readBuffers() : decodeBuffers(message.buffers ?? []);
    const buffer_paths = data.buffer_paths ?? null;
    if (buffer_paths !== null) checkBufferPaths(data.state, buffer_paths, buffers.length);
    checkTree(data);
  } catch (cause) {
    throw fail(messageOf(cause), cause);
  }
  const common = {
    metadata,
    buffers,
    header: { ...(isObject(message.header) && message.header), msg_type: kind },
  };

  switch (kind) {
    case "comm_open": {
      const { target_name, target_module = null } = content;
      const html_deps = content.html_deps ?? [];
      if (typeof target_name !== "string") throw fail("content.target_name is not a string");
      if (target_module !== null && typeof target_module !== "string") {
        throw fail("content.target_module is neither null nor a string");
      }
      if (!Array.isArray(html_deps)) throw fail("content.html_deps is not an array");
      const open = { comm_id, data, target_name, target_module, html_deps };
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
 * Returns the payloads of the messages in a payload, in order. The messages of a batch share no object, so a
 * listener of one cannot change another. An invalid batch is one payload, which {@link decode} rejects.
 */
export function payloadsIn(kind: MessageKind, payload: unknown): unknown[] {
  const binary = binaryIn(payload);
  if (!binary || !isBatch(binary)) return [payload];
  try {
    return readBatch(kind, binary);
  } catch (cause) {
    return [{ ...binary, parsed: null, fault: messageOf(cause) } satisfies ParsedMessage];
  }
}

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
export function encode(message: OutgoingMessage): string {
  const { comm_id, target_name, data, metadata, buffers } = message;
  try {
    // Widgets written in JavaScript pass `null`, too.
    const parts = [{ comm_id, target_name, data }, metadata ?? {}].map((part) =>
      JSON.stringify(part),
    );
    // Base64 needs no escapes, and a search for them in megabytes of text takes long.
    const encoded = Array.from(buffers ?? [], (buffer) => `"${encodeBase64(buffer)}"`);
    return `{"content":${parts[0]},"metadata":${parts[1]},"buffers":[${encoded.join()}],"header":{}}`;
  } catch (cause) {
    throw new CommError(
      "ENCODE",
      `cannot encode a message of comm ${comm_id}: ${messageOf(cause)}`,
      {
        comm_id,
        cause,
      },
    );
  }
}

/** @throws {RangeError} when the buffers are not an array of base64 texts */
function decodeBuffers(buffers: unknown): DataView[] {
  if (!Array.isArray(buffers)) throw new RangeError("buffers is not an array");
  return buffers.map((buffer: unknown, index) => {
    if (typeof buffer !== "string") throw new RangeError(`buffer ${index} is not a string`);
    try {
      return decodeBase64(buffer);
    } catch (cause) {
      throw new RangeError(`buffer ${index}: ${messageOf(cause)}`, { cause });
    }
  });
}

/** The maximum depth of data. No state is deeper, and code that handles states calls itself for each level. */
const MAX_DEPTH = 500;

/**
 * Checks the assumptions of all code that merges, copies or compares the data.
 *
 * @throws {RangeError} when the data is nested too deep, or has a key that sets a prototype
 */
function checkTree(data: object): void {
  let level: object[] = [data];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) {
      throw new RangeError(`content.data is nested more than ${MAX_DEPTH} levels deep`);
    }
    const next: object[] = [];
    for (const value of level) {
      if (Object.hasOwn(value, "__proto__")) {
        throw new RangeError("content.data contains the key __proto__");
      }
      for (const item of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof item === "object" && item !== null) next.push(item);
      }
    }
    level = next;
  }
}
