// src/comm/codec.ts
import { isObject } from "../util/object.js";
import { shorten } from "../util/text.js";
import { checkBufferPaths, decodeBase64, encodeBase64 } from "./buffers.js";
import { CommError, messageOf } from "./errors.js";
import { binaryIn, isBatch, readBatch, readFrame } from "./frames.js";
import { isParsed } from "./parsed-message.js";
function decode(kind, payload) {
  let comm_id;
  const fail = (reason, cause) => new CommError(
    "DECODE",
    comm_id === void 0 ? `cannot decode ${kind}: ${reason}` : `cannot decode ${kind} for comm ${shorten(comm_id, 200)}: ${reason}`,
    { comm_id, kind, cause }
  );
  const binary = binaryIn(payload);
  let message;
  let readBuffers;
  try {
    if (isParsed(payload)) ({ parsed: message, readBuffers } = payload);
    else if (binary) ({ header: message, readBuffers } = readFrame(kind, binary));
    else if (typeof payload === "string") message = JSON.parse(payload);
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
  if (readBuffers && message.buffers !== void 0) {
    throw fail("the header of the binary frame contains buffers");
  }
  let buffers;
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
    header: { ...isObject(message.header) && message.header, msg_type: kind }
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
      throw fail(`unknown kind of message ${String(kind)}`);
  }
}
function payloadsIn(kind, payload) {
  const binary = binaryIn(payload);
  if (!binary || !isBatch(binary)) return [payload];
  try {
    return readBatch(kind, binary);
  } catch (cause) {
    return [{ ...binary, parsed: null, fault: messageOf(cause) }];
  }
}
function encode(message) {
  const { comm_id, target_name, data, metadata, buffers } = message;
  try {
    const parts = [{ comm_id, target_name, data }, metadata ?? {}].map(
      (part) => JSON.stringify(part)
    );
    const encoded = Array.from(buffers ?? [], (buffer) => `"${encodeBase64(buffer)}"`);
    return `{"content":${parts[0]},"metadata":${parts[1]},"buffers":[${encoded.join()}],"header":{}}`;
  } catch (cause) {
    throw new CommError(
      "ENCODE",
      `cannot encode a message of comm ${comm_id}: ${messageOf(cause)}`,
      {
        comm_id,
        cause
      }
    );
  }
}
function decodeBuffers(buffers) {
  if (!Array.isArray(buffers)) throw new RangeError("buffers is not an array");
  return buffers.map((buffer, index) => {
    if (typeof buffer !== "string") throw new RangeError(`buffer ${index} is not a string`);
    try {
      return decodeBase64(buffer);
    } catch (cause) {
      throw new RangeError(`buffer ${index}: ${messageOf(cause)}`, { cause });
    }
  });
}
var MAX_DEPTH = 500;
function checkTree(data) {
  let level = [data];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) {
      throw new RangeError(`content.data is nested more than ${MAX_DEPTH} levels deep`);
    }
    const next = [];
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
export {
  decode,
  encode,
  payloadsIn
};
