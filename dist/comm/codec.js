// src/comm/codec.ts
import { checkBufferPaths, decodeBase64, encodeBase64 } from "./buffers.js";
import { DecodeError, EncodeError, messageOf, shorten } from "./errors.js";
import { decodeFrame } from "./frames.js";
function decode(kind, payload) {
  let comm_id;
  const fail = (what, cause) => new DecodeError(
    `${kind}${comm_id === void 0 ? "" : ` for comm ${shorten(comm_id, 200)}`}: ${what}`,
    {
      comm_id,
      kind,
      cause
    }
  );
  let message;
  let framed;
  try {
    if (payload instanceof ArrayBuffer) {
      ({ header: message, buffers: framed } = decodeFrame(kind, payload));
    } else {
      message = typeof payload === "string" ? JSON.parse(payload) : structuredClone(payload);
    }
  } catch (cause) {
    throw fail(
      payload instanceof ArrayBuffer ? messageOf(cause) : `not JSON (${messageOf(cause)})`,
      cause
    );
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
  if (framed && message.buffers !== void 0) {
    throw fail("the header of the binary frame names buffers too");
  }
  const buffers = framed ?? decodeBuffers(message.buffers ?? [], fail);
  if (data.buffer_paths !== void 0 && data.buffer_paths !== null) {
    try {
      checkBufferPaths(data.state, data.buffer_paths, buffers.length);
    } catch (cause) {
      throw fail(messageOf(cause), cause);
    }
  }
  try {
    checkTree(data);
  } catch (cause) {
    throw fail(`content.data ${messageOf(cause)}`, cause);
  }
  const common = {
    metadata,
    buffers,
    header: isObject(message.header) ? { ...message.header, msg_type: kind } : { msg_type: kind }
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
      html_deps?.forEach((dependency, index) => {
        const wrong = wrongIn(dependency);
        if (wrong !== void 0) throw fail(`content.html_deps[${index}] ${wrong}`);
      });
      const open = { comm_id, data, target_name, target_module, html_deps: html_deps ?? [] };
      return { msg_type: kind, content: open, ...common };
    }
    case "comm_msg":
    case "comm_close":
      return { msg_type: kind, content: { comm_id, data }, ...common };
    default:
      throw fail(`unknown kind of message ${String(kind)}`);
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
    throw new EncodeError(`comm ${comm_id}: cannot encode a message (${messageOf(cause)})`, {
      comm_id,
      cause
    });
  }
}
function decodeBuffers(buffers, fail) {
  if (!Array.isArray(buffers)) throw fail("buffers is not a list");
  return buffers.map((buffer, index) => {
    if (typeof buffer !== "string") throw fail(`buffer ${index} is not a string`);
    try {
      return decodeBase64(buffer);
    } catch (cause) {
      throw fail(`buffer ${index}: ${messageOf(cause)}`, cause);
    }
  });
}
var MAX_DEPTH = 500;
function checkTree(data) {
  let level = [data];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new RangeError(`is nested more than ${MAX_DEPTH} levels deep`);
    const next = [];
    for (const value of level) {
      if (Object.hasOwn(value, "__proto__")) throw new RangeError("has a key __proto__");
      for (const item of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof item === "object" && item !== null) next.push(item);
      }
    }
    level = next;
  }
}
function wrongIn(dependency) {
  if (!isObject(dependency)) return "is not an object";
  const { name, src, head } = dependency;
  if (typeof name !== "string" || name === "" || name === "__proto__") return "has no name";
  if (src !== void 0 && src !== null && !isObject(src)) return "has a src that is no object";
  if ([head ?? ""].flat().some((part) => typeof part !== "string"))
    return "has a head that is no text";
  for (const [part, key] of [
    ["script", "src"],
    ["stylesheet", "href"]
  ]) {
    const files = dependency[part] ?? [];
    for (const file of Array.isArray(files) ? files : [files]) {
      const address = isObject(file) ? file[key] : file;
      if (typeof address !== "string") return `has a ${part} without an address`;
    }
  }
  return void 0;
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
export {
  decode,
  encode
};
