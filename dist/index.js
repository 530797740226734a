// src/comm/buffers.ts
import { fromByteArray, toByteArray } from "base64-js";
var ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
var CANONICAL = /^[A-Za-z0-9+/]*={0,2}$/;
function decodeBase64(text) {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const byteLength = text.length / 4 * 3 - padding;
  if (text.length % 4 !== 0) {
    throw new RangeError(`invalid base64: ${text.length} characters are not a multiple of 4`);
  }
  const native = Uint8Array.fromBase64;
  let bytes;
  if (native) {
    try {
      bytes = native.call(Uint8Array, text, { lastChunkHandling: "strict" });
    } catch (cause) {
      throw new RangeError("invalid base64: a character or the padding is wrong", { cause });
    }
  } else {
    bytes = decodePortably(text, padding);
  }
  if (bytes.byteLength !== byteLength) {
    throw new RangeError("invalid base64: white space in it");
  }
  const owned = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  return new DataView(owned.buffer);
}
function decodePortably(text, padding) {
  if (!CANONICAL.test(text)) {
    throw new RangeError("invalid base64: a character or the padding is wrong");
  }
  if (padding > 0) {
    const last = ALPHABET.indexOf(text.charAt(text.length - padding - 1));
    if ((last & (padding === 1 ? 3 : 15)) !== 0) {
      throw new RangeError("invalid base64: bits set behind the last byte");
    }
  }
  return toByteArray(text);
}
function bytesOf(buffer) {
  return ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);
}
function encodeBase64(buffer) {
  const bytes = bytesOf(buffer);
  const native = bytes.toBase64;
  return native ? native.call(bytes) : fromByteArray(bytes);
}
var FORBIDDEN_KEYS = /* @__PURE__ */ new Set(["__proto__", "constructor", "prototype"]);
function checkBufferPaths(state, paths, bufferCount) {
  if (!Array.isArray(paths)) throw new RangeError("buffer_paths is not a list");
  if (paths.length > bufferCount) {
    throw new RangeError(`${paths.length} buffer paths, but only ${bufferCount} buffers`);
  }
  for (const path of paths) checkPath(state, path);
  if (paths.length > 1) checkApart(paths);
}
function checkApart(paths) {
  const places = new Set(paths.map((path) => JSON.stringify(path)));
  for (const path of paths) {
    for (let length = 1; length < path.length; length += 1) {
      if (places.has(JSON.stringify(path.slice(0, length)))) {
        throw new RangeError(`buffer path ${JSON.stringify(path)}: leads through another buffer`);
      }
    }
  }
}
function shown(path) {
  try {
    return JSON.stringify(path);
  } catch {
    return String(typeof path);
  }
}
function checkPath(state, path) {
  const wrong2 = (what) => new RangeError(`buffer path ${shown(path)}: ${what}`);
  if (!Array.isArray(path) || path.length === 0) throw wrong2("not a list of keys");
  let place = state;
  path.forEach((key, depth) => {
    if (FORBIDDEN_KEYS.has(key)) throw wrong2("leads out of the state");
    const last = depth === path.length - 1;
    if (Array.isArray(place)) {
      if (typeof key !== "number" || !Number.isInteger(key) || key < 0 || key >= place.length) {
        throw wrong2(`no place ${JSON.stringify(key)} in a list of ${place.length}`);
      }
      place = place[key];
    } else if (typeof place === "object" && place !== null) {
      if (typeof key !== "string") throw wrong2(`${JSON.stringify(key)} is not a key`);
      if (!last && !Object.hasOwn(place, key)) throw wrong2(`no key ${JSON.stringify(key)}`);
      place = place[key];
    } else {
      throw wrong2("leads through something that is neither object nor list");
    }
  });
}

// src/comm/errors.ts
var MAX_TEXT = 2e3;
function shorten(text, length = MAX_TEXT) {
  return text.length > length ? `${text.slice(0, length)}\u2026 (${text.length} characters)` : text;
}
var CommError = class extends Error {
  constructor(message, options = {}) {
    super(shorten(message), options.cause === void 0 ? void 0 : { cause: options.cause });
    this.name = "CommError";
    this.comm_id = options.comm_id;
    this.kind = options.kind;
    this.advice = options.advice;
  }
};
var DecodeError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "DecodeError";
  }
};
var EncodeError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "EncodeError";
  }
};
var ProtocolVersionError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "ProtocolVersionError";
  }
};
var UnknownTargetError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "UnknownTargetError";
  }
};
var UnknownCommError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "UnknownCommError";
  }
};
var DuplicateCommError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "DuplicateCommError";
  }
};
var ClosedCommError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "ClosedCommError";
  }
};
var NotConnectedError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "NotConnectedError";
  }
};
var HandlerError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "HandlerError";
  }
};
var ModuleLoadError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "ModuleLoadError";
  }
};
var WidgetError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "WidgetError";
  }
};
var logError = (error) => {
  const comm_id = error instanceof CommError ? error.comm_id : void 0;
  if (comm_id === void 0 || error.message.includes(comm_id)) {
    console.error("[shiny-comm]", error);
  } else {
    console.error("[shiny-comm]", `comm ${shorten(comm_id, 200)}:`, error);
  }
};
function messageOf(thrown) {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

// src/comm/frames.ts
var FRAME_VERSION = 1;
var KIND_CODES = { comm_open: 1, comm_msg: 2, comm_close: 3 };
var FIXED_BYTES = 16;
var ENTRY_BYTES = 8;
var ALIGNMENT = 8;
function decodeFrame(kind, frame) {
  const size = frame.byteLength;
  const view = new DataView(frame);
  if (size < FIXED_BYTES) throw wrong(`${size} bytes are too few`);
  const version = view.getUint8(0);
  if (version !== FRAME_VERSION) {
    throw wrong(`version ${version}, but ${FRAME_VERSION} is spoken here`);
  }
  if (view.getUint8(1) !== KIND_CODES[kind]) {
    throw wrong(`kind ${view.getUint8(1)}, but it came as ${kind} (${KIND_CODES[kind]})`);
  }
  if (view.getUint16(2, true) !== 0 || view.getUint32(12, true) !== 0) {
    throw wrong("a reserved byte is not zero");
  }
  const headerLength = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  const headerStart = FIXED_BYTES + count * ENTRY_BYTES;
  let end = headerStart + headerLength;
  if (end > size) {
    throw wrong(`${count} buffers and a header of ${headerLength} bytes in ${size} bytes`);
  }
  const buffers = [];
  for (let index = 0; index < count; index += 1) {
    const entry = FIXED_BYTES + index * ENTRY_BYTES;
    const offset = view.getUint32(entry, true);
    const length = view.getUint32(entry + 4, true);
    if (offset !== aligned(end)) {
      throw wrong(`buffer ${index} at byte ${offset}, but ${aligned(end)} is its place`);
    }
    if (offset + length > size) {
      throw wrong(`buffer ${index} ends at byte ${offset + length} of ${size}`);
    }
    buffers.push(new DataView(frame.slice(offset, offset + length)));
    end = offset + length;
  }
  if (end !== size) throw wrong(`${size - end} bytes too many`);
  return { header: parseHeader(new Uint8Array(frame, headerStart, headerLength)), buffers };
}
function encodeFrame(kind, header, buffers) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerStart = FIXED_BYTES + buffers.length * ENTRY_BYTES;
  let end = headerStart + text.byteLength;
  const offsets = buffers.map((buffer) => {
    const offset = aligned(end);
    end = offset + buffer.byteLength;
    return offset;
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FRAME_VERSION);
  view.setUint8(1, KIND_CODES[kind]);
  view.setUint32(4, text.byteLength, true);
  view.setUint32(8, buffers.length, true);
  bytes.set(text, headerStart);
  buffers.forEach((buffer, index) => {
    const offset = offsets[index] ?? 0;
    const entry = FIXED_BYTES + index * ENTRY_BYTES;
    view.setUint32(entry, offset, true);
    view.setUint32(entry + 4, buffer.byteLength, true);
    bytes.set(buffer, offset);
  });
  return bytes.buffer;
}
function parseHeader(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new RangeError(`binary frame: the header is not JSON (${messageOf(cause)})`, { cause });
  }
}
function aligned(offset) {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
function wrong(what) {
  return new RangeError(`binary frame: ${what}`);
}

// src/comm/codec.ts
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
        const wrong2 = wrongIn(dependency);
        if (wrong2 !== void 0) throw fail(`content.html_deps[${index}] ${wrong2}`);
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
  const { comm_id, data, metadata, buffers } = message;
  try {
    const parts = [{ comm_id, data }, metadata ?? {}].map((part) => JSON.stringify(part));
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

// src/comm/comm.ts
var ShinyComm = class {
  #channel;
  #closed = false;
  #onMsg;
  #onClose;
  constructor(comm_id, target_name, channel) {
    this.comm_id = comm_id;
    this.target_name = target_name;
    this.#channel = channel;
  }
  get closed() {
    return this.#closed;
  }
  /**
   * The comm is open from its construction on; with data, a first message is sent.
   *
   * @returns the id of the message, or `""` when nothing was sent
   * @throws {ClosedCommError} when the comm is closed
   */
  open(data, callbacks, metadata, buffers) {
    this.#assertOpen("open");
    return data === void 0 ? "" : this.send(data, callbacks, metadata, buffers);
  }
  /**
   * Sends a message to the server's end.
   *
   * @returns an id of this message's own
   * @throws {ClosedCommError} when the comm is closed
   * @throws {EncodeError} when the message cannot be written
   */
  send(data, callbacks, metadata, buffers) {
    this.#assertOpen("send on");
    const { comm_id } = this;
    return this.#channel.send(
      { comm_id, data, metadata, buffers },
      callbacks
    );
  }
  /**
   * Closes this side: nothing is sent and nothing delivered any more. A second close does nothing.
   *
   * @returns `""`, as no message is sent
   */
  close(_data, _callbacks, _metadata, _buffers) {
    if (!this.#closed) {
      this.#closed = true;
      this.#onMsg = void 0;
      this.#onClose = void 0;
      this.#channel.closed(this);
    }
    return "";
  }
  /** Sets the callback for messages. What it returns is awaited before the next message. */
  on_msg(callback) {
    this.#onMsg = callback;
  }
  /** Sets the callback for the server's close. */
  on_close(callback) {
    this.#onClose = callback;
  }
  /** Delivers a message. */
  handle_msg(message) {
    return this.#onMsg?.(message);
  }
  /** Delivers the server's close; afterwards the comm is closed. */
  handle_close(message) {
    if (this.#closed) return void 0;
    const callback = this.#onClose;
    this.close();
    return callback?.(message);
  }
  #assertOpen(doing) {
    if (this.#closed) {
      throw new ClosedCommError(`cannot ${doing} comm ${this.comm_id}: it is closed`, {
        comm_id: this.comm_id
      });
    }
  }
};

// src/comm/comm-manager.ts
var MAX_EARLY_MESSAGES = 1e3;
var MAX_CLOSED_HERE = 250;
var ShinyCommManager = class {
  #targets = /* @__PURE__ */ new Map();
  #comms = /* @__PURE__ */ new Map();
  #early = /* @__PURE__ */ new Map();
  #earlyCount = 0;
  /** The server never hears of these closes: what it goes on sending is nothing to be reported. */
  #closedHere = /* @__PURE__ */ new Set();
  #closingAll = false;
  #transport;
  #openWaitMs;
  constructor({ transport, onError = logError, openWaitMs = 1e4 }) {
    this.#transport = transport;
    this.#openWaitMs = openWaitMs;
    this.onError = onError;
  }
  /**
   * Registers what is called when the server opens a comm for `target_name`.
   *
   * @returns the undo
   */
  register_target(target_name, callback) {
    this.#targets.set(target_name, callback);
    return () => {
      if (this.#targets.get(target_name) === callback) this.#targets.delete(target_name);
    };
  }
  unregister_target(target_name) {
    this.#targets.delete(target_name);
  }
  /**
   * Adds a comm, so that messages for its id reach it.
   *
   * @returns the comm's id
   * @throws {DuplicateCommError} when another comm with this id is open
   */
  register_comm(comm) {
    const { comm_id } = comm;
    if (this.#comms.get(comm_id)?.comm !== comm) void this.#drain(this.#enter(comm));
    return comm_id;
  }
  /** Forgets a comm. What waits for it is dropped. */
  unregister_comm(comm) {
    const entry = this.#comms.get(comm.comm_id);
    if (entry?.comm !== comm) return;
    entry.queue.length = 0;
    this.#comms.delete(comm.comm_id);
    this.#transport.forget?.(comm.comm_id);
  }
  get_comm(comm_id) {
    return this.#comms.get(comm_id)?.comm;
  }
  /** The ids of the open comms. */
  comm_ids() {
    return [...this.#comms.keys()];
  }
  /** Takes a message as a Shiny custom-message handler gets it. Never throws. */
  receive(kind, payload) {
    try {
      const message = decode(kind, payload);
      if (message.msg_type === "comm_open") this.#open(message);
      else this.#route(message);
    } catch (error) {
      this.#report(error);
    }
  }
  /**
   * Closes every comm as if the server had, and forgets what waits. What a close sets off in others
   * (a tab that loses a page selects another) is not sent: nobody is there who would know of it,
   * and Shiny ends a new session to which anything is sent before its first message.
   */
  close_all() {
    this.#closingAll = true;
    for (const { comm } of [...this.#comms.values()]) {
      const closing = { comm_id: comm.comm_id, data: {} };
      this.#run(
        comm.comm_id,
        "comm_close",
        () => this.#closedByServer(comm, {
          msg_type: "comm_close",
          content: closing,
          metadata: {},
          buffers: [],
          header: {}
        })
      );
    }
    for (const comm_id of [...this.#early.keys()]) this.#takeEarly(comm_id);
    this.#closingAll = false;
  }
  send(message, callbacks) {
    const { comm_id } = message;
    if (!this.#comms.has(comm_id)) {
      throw new ClosedCommError(`cannot send on comm ${comm_id}: it is not open`, { comm_id });
    }
    if (this.#closingAll) return `${comm_id}-closing`;
    const text = encode(message);
    return this.#transport.send(message, text, callbacks);
  }
  closed(comm) {
    this.unregister_comm(comm);
    const closed = this.#closedHere;
    closed.add(comm.comm_id);
    if (closed.size > MAX_CLOSED_HERE)
      for (const oldest of closed) return void closed.delete(oldest);
  }
  #closedByServer(comm, message) {
    try {
      return comm.handle_close(message);
    } finally {
      this.#closedHere.delete(comm.comm_id);
    }
  }
  #open(message) {
    const { comm_id, target_name } = message.content;
    const target = this.#targets.get(target_name);
    if (!target) {
      throw new UnknownTargetError(`comm ${comm_id}: no target ${JSON.stringify(target_name)}`, {
        comm_id,
        kind: "comm_open"
      });
    }
    const entry = this.#enter(new ShinyComm(comm_id, target_name, this), "comm_open");
    entry.queue.unshift(message);
    void this.#drain(entry, target);
  }
  /** Makes a comm known, with the messages that came before it. */
  #enter(comm, kind) {
    const { comm_id } = comm;
    if (this.#comms.has(comm_id)) {
      throw new DuplicateCommError(`comm ${comm_id} is open already`, { comm_id, kind });
    }
    this.#closedHere.delete(comm_id);
    const entry = { comm, queue: this.#takeEarly(comm_id), draining: false };
    this.#comms.set(comm_id, entry);
    return entry;
  }
  #route(message) {
    const { comm_id } = message.content;
    const entry = this.#comms.get(comm_id);
    if (entry) {
      this.#transport.received?.(message);
      entry.queue.push(message);
      if (!entry.draining) void this.#drain(entry);
    } else if (!this.#closedHere.has(comm_id)) {
      this.#waitForOpen(message);
    } else if (message.msg_type === "comm_close") {
      this.#closedHere.delete(comm_id);
    }
  }
  /** Delivers what is queued, one message after the other. */
  async #drain(entry, target) {
    entry.draining = true;
    const { comm, queue } = entry;
    for (let message = queue.shift(); message; message = queue.shift()) {
      const current = message;
      const returned = this.#run(comm.comm_id, current.msg_type, () => {
        switch (current.msg_type) {
          case "comm_open":
            return target?.(comm, current);
          case "comm_msg":
            return comm.handle_msg(current);
          case "comm_close":
            return this.#closedByServer(comm, current);
          default:
            return current;
        }
      });
      if (returned) await returned;
    }
    entry.draining = false;
  }
  /** Runs a callback; whatever it throws, now or later, is reported and goes no further. */
  #run(comm_id, kind, callback) {
    const failed = (cause) => {
      this.#report(
        cause instanceof CommError ? cause : new HandlerError(`${kind} for comm ${comm_id}: ${messageOf(cause)}`, {
          comm_id,
          kind,
          cause
        })
      );
    };
    try {
      const returned = callback();
      if (!isThenable(returned)) return void 0;
      return Promise.resolve(returned).then(() => void 0, failed);
    } catch (error) {
      failed(error);
      return void 0;
    }
  }
  #waitForOpen(message) {
    const { comm_id } = message.content;
    const unknown = () => new UnknownCommError(`${message.msg_type} for comm ${comm_id}, which is not open`, {
      comm_id,
      kind: message.msg_type
    });
    if (this.#earlyCount >= MAX_EARLY_MESSAGES) throw unknown();
    let early = this.#early.get(comm_id);
    if (!early) {
      const timer = setTimeout(() => {
        this.#takeEarly(comm_id);
        this.#report(unknown());
      }, this.#openWaitMs);
      early = { messages: [], timer };
      this.#early.set(comm_id, early);
    }
    early.messages.push(message);
    this.#earlyCount += 1;
  }
  #takeEarly(comm_id) {
    const early = this.#early.get(comm_id);
    if (!early) return [];
    clearTimeout(early.timer);
    this.#early.delete(comm_id);
    this.#earlyCount -= early.messages.length;
    return early.messages;
  }
  #report(error) {
    try {
      this.onError(error instanceof Error ? error : new CommError(String(error)));
    } catch (thrown) {
      logError(thrown instanceof Error ? thrown : new CommError(String(thrown)));
    }
  }
};
function isThenable(value) {
  return typeof value?.then === "function";
}

// src/comm/messages.ts
var HANDLERS = {
  comm_open: "shinywidgets_comm_open",
  comm_msg: "shinywidgets_comm_msg",
  comm_close: "shinywidgets_comm_close"
};
var SEND_INPUT = "shinywidgets_comm_send";
var FRAMES_INPUT = ".shiny_comm_frames";
var WIDGET_TARGETS = ["jupyter.widget", "ipython.widget", "jupyter.widgets"];
var PROTOCOL_MAJOR = 2;

// src/shiny/runtime.ts
function shinyRuntime() {
  const { Shiny } = globalThis;
  return typeof Shiny?.addCustomMessageHandler === "function" ? Shiny : void 0;
}
function pageJQuery() {
  return globalThis.jQuery;
}

// src/shiny/output-binding.ts
var BINDING_NAME = "shiny.IPyWidgetOutput";
var PRIORITY = 10;
function registerOutputBinding(shiny, sink) {
  class WidgetOutputBinding extends shiny.OutputBinding {
    find(scope) {
      return pageJQuery()?.(scope).find(".shiny-ipywidget-output");
    }
    // Nothing is returned: Shiny would await it, and hold the whole app up for one slow widget.
    renderValue(el, value) {
      sink.render(el, value);
    }
    renderError(el, error) {
      sink.clear(el);
      el.style.visibility = "inherit";
      super.renderError(el, error);
    }
  }
  shiny.outputBindings.register(new WidgetOutputBinding(), BINDING_NAME, PRIORITY);
  shiny.shinyapp?.taskQueue?.enqueue(() => shiny.bindAll?.(document.body));
}

// src/shiny/connect.ts
var KINDS = Object.keys(HANDLERS);
function connectShiny(shiny, sink, onRival = warnOfRival) {
  let connected = true;
  let warned = false;
  const rival = () => {
    if (!warned) onRival();
    warned = true;
  };
  const mine = /* @__PURE__ */ new Set();
  for (const kind of KINDS) {
    const handler = (payload) => {
      if (connected) sink.message(kind, payload);
    };
    mine.add(handler);
    shiny.addCustomMessageHandler(HANDLERS[kind], handler);
  }
  const names = new Set(Object.values(HANDLERS));
  const add = shiny.addCustomMessageHandler;
  const guardedAdd = function(type, handler) {
    if (connected && names.has(type) && !mine.has(handler)) rival();
    else add.call(this, type, handler);
  };
  shiny.addCustomMessageHandler = guardedAdd;
  const $ = pageJQuery();
  const onConnected = () => {
    const initial = shiny.shinyapp?.$initialInput;
    if (initial) initial[FRAMES_INPUT] = FRAME_VERSION;
    sink.sessionBegins();
  };
  const onMessage = ({ message }) => {
    if (message && "config" in message) sink.sessionBegins();
  };
  $?.(document).on("shiny:connected", onConnected);
  $?.(document).on("shiny:message", onMessage);
  if (shiny.shinyapp?.$socket?.readyState === 1) shiny.setInputValue?.(FRAMES_INPUT, FRAME_VERSION);
  const registry = shiny.outputBindings;
  const register = registry.register;
  if (hasBinding(registry)) rival();
  registerOutputBinding(shiny, {
    render: (el, value) => connected && sink.render(el, value),
    clear: (el) => connected && sink.clear(el)
  });
  const guardedRegister = function(binding, name, priority) {
    if (connected && name === BINDING_NAME) rival();
    else register.call(this, binding, name, priority);
  };
  registry.register = guardedRegister;
  return () => {
    connected = false;
    $?.(document).off("shiny:connected", onConnected);
    $?.(document).off("shiny:message", onMessage);
    if (shiny.addCustomMessageHandler === guardedAdd) shiny.addCustomMessageHandler = add;
    if (registry.register === guardedRegister) registry.register = register;
  };
}
function hasBinding(registry) {
  const { bindingNames } = registry;
  return bindingNames?.[BINDING_NAME] !== void 0;
}
function warnOfRival() {
  console.warn(
    `[shiny-comm] The client of shinywidgets is on this page too; shiny-comm serves the widgets. To leave the other out, add shiny-comm to the app's UI as HTMLDependency("ipywidget-output-binding") with a version above that of shinywidgets, in the place of a <script> tag.`
  );
}

// src/shiny/pacing.ts
var THINNED_EVENTS = [
  "mousemove",
  "pointermove",
  "touchmove",
  "wheel",
  "scroll",
  "drag",
  "dragover"
];
var SETTINGS_ID = "shiny-comm-settings";
var POLICY = /* @__PURE__ */ Symbol.for("shiny-comm.pacing");
function setPacing(policy) {
  globalThis[POLICY] = policy;
}
function pageThinning(onError) {
  let settings;
  let policy;
  let current;
  return (content) => {
    const set = globalThis[POLICY];
    settings ??= set ? void 0 : pageSettings(onError);
    const now = set ?? settings ?? {};
    if (now !== policy) {
      policy = now;
      const { thin = THINNED_EVENTS } = now;
      current = typeof thin === "function" ? thin : byEvent(thin);
    }
    return current(content);
  };
}
function byEvent(names) {
  const thinned = new Set(names);
  return (content) => {
    if (typeof content !== "object" || content === null) return void 0;
    const { type, event } = content;
    return [type, event].find((name) => typeof name === "string" && thinned.has(name));
  };
}
function pageSettings(onError) {
  const text = document.getElementById(SETTINGS_ID)?.textContent;
  if (!text) return {};
  try {
    const { thin } = JSON.parse(text);
    if (thin === void 0) return {};
    if (Array.isArray(thin) && thin.every((name) => typeof name === "string")) return { thin };
    throw new TypeError("thin is not a list of names of events");
  } catch (cause) {
    onError(new CommError(`#${SETTINGS_ID}: ${messageOf(cause)}`, { cause }));
    return {};
  }
}

// src/comm/send-queue.ts
var ANSWER_MS = 2e3;
var MAX_ANSWER_MS = 32e3;
var BUSY_MS = 6e4;
var ECHO_GRACE_MS = 250;
var SILENT_GRACE_MS = 50;
var ECHOES_OWED = 8;
var SendQueue = class {
  #put;
  #lanes = /* @__PURE__ */ new Map();
  #busy = false;
  /** The work that is going on began before any message of ours. */
  #foreign = false;
  /** How many messages have been sent… */
  #sent = 0;
  /** …and how many of them the server has dealt with, as far as can be told. */
  #worked = 0;
  /** Answers in a row that did not come. */
  #unanswered = 0;
  /** @param put hands a message on, and says whether somebody took it */
  constructor(put) {
    this.#put = put;
  }
  /** Sends a message now or, behind others of its comm, later. */
  send(message) {
    const lane = this.#lane(message.comm_id);
    if (lane.waiting.length === 0 && !isBlocked(lane, message)) {
      this.#dispatch(lane, message);
      return;
    }
    if (message.replaceable) {
      const older = lane.waiting.findIndex((other) => other.pace === message.pace);
      if (older >= 0) lane.waiting.splice(older, 1)[0]?.done?.();
    }
    lane.waiting.push(message);
  }
  /**
   * Takes an echo of some traits: the answer to the oldest update of these that has none. Those
   * before it are past as well.
   *
   * @returns the id of the update that is answered, or `undefined` when it is none of ours
   */
  echoed(comm_id, keys) {
    const lane = this.#lanes.get(comm_id);
    if (!lane || keys.length === 0) return void 0;
    for (const key of keys) lane.silent.delete(key);
    const index = lane.sent.findIndex(
      ({ message }) => keys.every((key) => message.keys.includes(key))
    );
    if (index < 0) return void 0;
    const answered = lane.sent.splice(0, index + 1);
    this.#unanswered = 0;
    this.#worked = Math.max(this.#worked, answered.at(-1)?.position ?? 0);
    queueMicrotask(() => {
      for (const sent of answered) finish(sent);
      this.#pump(lane);
    });
    return answered.at(-1)?.message.msg_id;
  }
  /** The server has begun to work on something. */
  serverBusy() {
    this.#busy = true;
  }
  /** The server has ended its work, and may have begun on the next message. */
  serverIdle() {
    this.#busy = false;
    if (this.#foreign) this.#foreign = false;
    else this.#worked = Math.min(this.#worked + 1, this.#sent);
    this.#grantGrace("idle");
  }
  /** The `values` frame, which follows the end of work; echoes come behind it. */
  serverFlushed() {
    if (!this.#busy) this.#grantGrace("flushed");
  }
  /** Drops what waits for, and what is owed to, a comm that is gone. */
  forget(comm_id) {
    const lane = this.#lanes.get(comm_id);
    if (!lane) return;
    this.#lanes.delete(comm_id);
    lane.waiting.length = 0;
    for (const sent of lane.sent) clearTimeout(sent.timer);
  }
  /**
   * The session is gone: nobody is left waiting for an answer, and nothing waits for the next.
   *
   * @returns the comms of which messages were still to be sent
   */
  clear() {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    this.#busy = false;
    this.#foreign = false;
    this.#worked = this.#sent;
    this.#unanswered = 0;
    for (const [, { sent, waiting }] of lanes) {
      sent.forEach(finish);
      for (const message of waiting) message.done?.();
    }
    return lanes.filter(([, { waiting }]) => waiting.length > 0).map(([comm_id]) => comm_id);
  }
  /** Comms with messages that wait, and how many. */
  waiting() {
    const waiting = [...this.#lanes].map(([id, lane]) => [id, lane.waiting.length]);
    return new Map(waiting.filter(([, count]) => count > 0));
  }
  #lane(comm_id) {
    let lane = this.#lanes.get(comm_id);
    if (!lane) {
      lane = { waiting: [], sent: [], silent: /* @__PURE__ */ new Set() };
      this.#lanes.set(comm_id, lane);
    }
    return lane;
  }
  #dispatch(lane, message) {
    if (!this.#put(message)) {
      if (message.done) queueMicrotask(message.done);
      return;
    }
    if (this.#busy && this.#worked === this.#sent) this.#foreign = true;
    this.#sent += 1;
    if (message.pace === void 0 && !message.done) return;
    const sent = {
      message,
      since: Date.now(),
      position: this.#sent,
      ended: void 0,
      done: false,
      timer: void 0
    };
    lane.sent.push(sent);
    if (lane.sent.length > ECHOES_OWED && lane.sent[0]?.done) lane.sent.shift();
    this.#awaitAnswer(sent);
  }
  #awaitAnswer(sent) {
    const wait = Math.min(ANSWER_MS * 2 ** this.#unanswered, MAX_ANSWER_MS);
    this.#after(sent, wait, () => {
      if (this.#busy && Date.now() - sent.since < BUSY_MS) {
        this.#awaitAnswer(sent);
      } else {
        this.#unanswered += 1;
        this.#worked = Math.max(this.#worked, sent.position);
        this.#settle(sent);
      }
    });
  }
  /** What the server has worked on may still be echoed; soon after, that is not to be expected. */
  #grantGrace(sign) {
    for (const sent of this.#open()) {
      const known = sent.ended === "flushed" || sent.ended === sign;
      if (known || sent.position > this.#worked) continue;
      sent.ended = sign;
      const grace = this.#expectsEcho(sent) ? ECHO_GRACE_MS : SILENT_GRACE_MS;
      this.#after(sent, grace, () => this.#graceOver(sent));
    }
  }
  #graceOver(sent) {
    this.#unanswered = 0;
    const { silent } = this.#lane(sent.message.comm_id);
    for (const key of sent.message.keys) silent.add(key);
    this.#settle(sent);
  }
  #expectsEcho({ message }) {
    const { silent } = this.#lane(message.comm_id);
    return message.keys.some((key) => !silent.has(key));
  }
  #after(sent, ms, callback) {
    clearTimeout(sent.timer);
    sent.timer = setTimeout(callback, ms);
  }
  /** It counts as answered, but its echo may still come. */
  #settle(sent) {
    const lane = this.#lane(sent.message.comm_id);
    if (sent.message.keys.length === 0) lane.sent = lane.sent.filter((other) => other !== sent);
    finish(sent);
    this.#pump(lane);
  }
  #pump(lane) {
    for (let next = lane.waiting[0]; next && !isBlocked(lane, next); next = lane.waiting[0]) {
      lane.waiting.shift();
      this.#dispatch(lane, next);
    }
  }
  #open() {
    return [...this.#lanes.values()].flatMap(({ sent }) => sent.filter(({ done }) => !done));
  }
};
function isBlocked({ sent }, { pace }) {
  return pace !== void 0 && sent.some(({ done, message }) => !done && message.pace === pace);
}
function finish(sent) {
  clearTimeout(sent.timer);
  if (sent.done) return;
  sent.done = true;
  sent.message.done?.();
}

// src/shiny/outbox.ts
var MAX_HELD = 1e3;
var OPEN = 1;
var Outbox = class {
  #runtime;
  #onError;
  #texts = [];
  #scheduled = false;
  /** There has been a session; if none is open now, it is over. */
  #hadSession = false;
  #reported = false;
  /** `setInputValue` is the one that waits for a button to be pressed, and keeps one value a name. */
  #deferred = false;
  constructor({ runtime, onError }) {
    this.#runtime = runtime;
    this.#onError = onError;
  }
  /** Follows the session. @returns the undo */
  listen() {
    const $ = pageJQuery();
    const onConnected = () => {
      if (this.#hadSession) this.#texts.length = 0;
      this.#hadSession = true;
      this.#reported = false;
      this.#schedule();
    };
    const onDisconnected = () => {
      this.#hadSession = true;
      delete this.#runtime()?.shinyapp?.$inputValues?.[SEND_INPUT];
      if (this.#texts.length > 0) this.#schedule();
    };
    $?.(document).on("shiny:connected", onConnected);
    $?.(document).on("shiny:disconnected", onDisconnected);
    this.#state();
    return () => {
      $?.(document).off("shiny:connected", onConnected);
      $?.(document).off("shiny:disconnected", onDisconnected);
    };
  }
  /**
   * Sends a text as soon as there is a session. When the session is over, that is reported, once
   * until the next, and the text dropped.
   *
   * @returns whether it is on its way
   */
  put(comm_id, text) {
    const full = this.#texts.length >= MAX_HELD && this.#state() === "starting";
    if (full || this.#state() === "over") {
      this.drop(comm_id);
      return false;
    }
    this.#texts.push({ comm_id, text });
    this.#schedule();
    return true;
  }
  /** Reports that something of a comm's cannot be sent, once a session. */
  drop(comm_id) {
    if (this.#reported) return;
    this.#reported = true;
    this.#onError(
      new NotConnectedError(
        `comm ${comm_id}: no Shiny session to send to; this and all further messages are dropped`,
        { comm_id }
      )
    );
  }
  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      try {
        this.#drain();
      } finally {
        this.#scheduled = false;
      }
    });
  }
  #drain() {
    for (let next = this.#texts[0]; next; next = this.#texts[0]) {
      const state = this.#state();
      if (state === "starting") return;
      this.#texts.shift();
      const shiny = this.#runtime();
      const app = shiny?.shinyapp;
      if (state === "over" || !shiny || !app) this.drop(next.comm_id);
      else this.#hand(shiny, app, next);
    }
  }
  #hand(shiny, app, { comm_id, text }) {
    this.#deferred ||= document.querySelector(".shiny-submit-button") !== null;
    const sent = app.$inputValues ?? {};
    try {
      if (this.#deferred) app.sendInput({ [SEND_INPUT]: text });
      else shiny.setInputValue?.(SEND_INPUT, text, { priority: "event" });
    } catch (cause) {
      this.#onError(
        new CommError(`comm ${comm_id}: an error while Shiny sent (${messageOf(cause)})`, {
          comm_id,
          cause
        })
      );
      if (sent[SEND_INPUT] !== text) app.sendInput({ [SEND_INPUT]: text });
    }
    delete sent[SEND_INPUT];
  }
  #state() {
    const shiny = this.#runtime();
    if (!shiny) return "over";
    if (shiny.setInputValue && isOpen(shiny.shinyapp)) {
      this.#hadSession = true;
      return "open";
    }
    return this.#hadSession ? "over" : "starting";
  }
};
function isOpen(app) {
  if (!app) return false;
  const { $socket } = app;
  return $socket ? $socket.readyState === OPEN : $socket === void 0 && !!app.isConnected?.();
}

// src/shiny/transport.ts
var ShinyTransport = class {
  #onError;
  #outbox;
  #queue;
  #thin;
  #counter = 0;
  constructor({ runtime, onError }) {
    this.#onError = onError;
    this.#outbox = new Outbox({ runtime, onError });
    this.#thin = pageThinning(onError);
    this.#queue = new SendQueue(({ comm_id, text }) => this.#outbox.put(comm_id, text));
  }
  /** Follows the session and the server's work. @returns the undo */
  listen() {
    const $ = pageJQuery();
    const unlisten = this.#outbox.listen();
    const onMessage = ({ message }) => {
      if (!message) return;
      if (message.busy === "busy") this.#queue.serverBusy();
      else if (message.busy === "idle") this.#queue.serverIdle();
      else if ("values" in message) this.#queue.serverFlushed();
    };
    const onDisconnected = () => {
      for (const comm_id of this.#queue.clear()) this.#outbox.drop(comm_id);
    };
    $?.(document).on("shiny:message", onMessage);
    $?.(document).on("shiny:disconnected", onDisconnected);
    return () => {
      unlisten();
      $?.(document).off("shiny:message", onMessage);
      $?.(document).off("shiny:disconnected", onDisconnected);
    };
  }
  send(message, text, callbacks) {
    this.#counter += 1;
    const { comm_id } = message;
    const msg_id = `${comm_id}-${this.#counter}`;
    const status = callbacks?.iopub?.status;
    const data = message.data;
    const isUpdate = data?.method === "update" && status !== void 0;
    const thinned = data?.method === "custom" ? this.#thinned(comm_id, data.content) : void 0;
    this.#queue.send({
      comm_id,
      msg_id,
      text,
      // An event's name must not be taken for the pace of updates.
      pace: isUpdate ? "update" : thinned === void 0 ? void 0 : `custom ${thinned}`,
      replaceable: thinned !== void 0,
      keys: isUpdate ? Object.keys(data.state ?? {}) : [],
      done: status && (() => status(IDLE))
    });
    return msg_id;
  }
  /** Matches an echo with the update that it answers. Echoes come in the order of the updates. */
  received(message) {
    const { comm_id, data } = message.content;
    if (data.method !== "echo_update") return;
    const msg_id = this.#queue.echoed(comm_id, Object.keys(data.state ?? {}));
    if (msg_id !== void 0) message.parent_header = { msg_id };
  }
  forget(comm_id) {
    this.#queue.forget(comm_id);
  }
  #thinned(comm_id, content) {
    try {
      return this.#thin(content);
    } catch (cause) {
      this.#onError(
        new HandlerError(`comm ${comm_id}: the pacing policy failed: ${messageOf(cause)}`, {
          comm_id,
          cause
        })
      );
      return void 0;
    }
  }
};
var IDLE = {
  header: { msg_type: "status" },
  content: { execution_state: "idle" }
};
export {
  ClosedCommError,
  CommError,
  DecodeError,
  DuplicateCommError,
  EncodeError,
  FRAMES_INPUT,
  FRAME_VERSION,
  HANDLERS,
  HandlerError,
  ModuleLoadError,
  NotConnectedError,
  PROTOCOL_MAJOR,
  ProtocolVersionError,
  SEND_INPUT,
  ShinyComm,
  ShinyCommManager,
  ShinyTransport,
  THINNED_EVENTS,
  UnknownCommError,
  UnknownTargetError,
  WIDGET_TARGETS,
  WidgetError,
  bytesOf,
  connectShiny,
  decode,
  decodeBase64,
  decodeFrame,
  encode,
  encodeBase64,
  encodeFrame,
  logError,
  messageOf,
  setPacing,
  shinyRuntime,
  shorten
};
