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
}
function checkPath(state, path) {
  const wrong = (what) => new RangeError(`buffer path ${JSON.stringify(path)}: ${what}`);
  if (!Array.isArray(path) || path.length === 0) throw wrong("not a list of keys");
  let place = state;
  path.forEach((key, depth) => {
    if (FORBIDDEN_KEYS.has(key)) throw wrong("leads out of the state");
    const last = depth === path.length - 1;
    if (Array.isArray(place)) {
      if (typeof key !== "number" || !Number.isInteger(key) || key < 0 || key >= place.length) {
        throw wrong(`no place ${JSON.stringify(key)} in a list of ${place.length}`);
      }
      place = place[key];
    } else if (typeof place === "object" && place !== null) {
      if (typeof key !== "string") throw wrong(`${JSON.stringify(key)} is not a key`);
      if (!last && !Object.hasOwn(place, key)) throw wrong(`no key ${JSON.stringify(key)}`);
      place = place[key];
    } else {
      throw wrong("leads through something that is neither object nor list");
    }
  });
}

// src/comm/errors.ts
var CommError = class extends Error {
  constructor(message, options = {}) {
    super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
    this.name = "CommError";
    this.comm_id = options.comm_id;
    this.kind = options.kind;
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
  console.error("[shiny-comm]", error);
};
function messageOf(thrown) {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

// src/comm/codec.ts
function decode(kind, payload) {
  let comm_id;
  const fail = (what, cause) => new DecodeError(`${kind}${comm_id === void 0 ? "" : ` for comm ${comm_id}`}: ${what}`, {
    comm_id,
    kind,
    cause
  });
  let message;
  try {
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
  if (data.buffer_paths !== void 0 && data.buffer_paths !== null) {
    try {
      checkBufferPaths(data.state, data.buffer_paths, buffers.length);
    } catch (cause) {
      throw fail(messageOf(cause), cause);
    }
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
    return JSON.stringify({
      content: { comm_id, data },
      // Widgets written in JavaScript pass null as well.
      metadata: metadata ?? {},
      buffers: Array.from(buffers ?? [], encodeBase64),
      header: {}
    });
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
var ShinyCommManager = class {
  #targets = /* @__PURE__ */ new Map();
  #comms = /* @__PURE__ */ new Map();
  #early = /* @__PURE__ */ new Map();
  #earlyCount = 0;
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
  /** Closes every comm as if the server had, and forgets what waits. */
  close_all() {
    for (const { comm } of [...this.#comms.values()]) {
      const closing = { comm_id: comm.comm_id, data: {} };
      this.#run(
        comm.comm_id,
        "comm_close",
        () => comm.handle_close({
          msg_type: "comm_close",
          content: closing,
          metadata: {},
          buffers: [],
          header: {}
        })
      );
    }
    for (const comm_id of [...this.#early.keys()]) this.#takeEarly(comm_id);
  }
  send(message, callbacks) {
    const { comm_id } = message;
    if (!this.#comms.has(comm_id)) {
      throw new ClosedCommError(`cannot send on comm ${comm_id}: it is not open`, { comm_id });
    }
    const text = encode(message);
    return this.#transport.send(message, text, callbacks);
  }
  closed(comm) {
    this.unregister_comm(comm);
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
    } else {
      this.#waitForOpen(message);
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
            return comm.handle_close(current);
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

// src/shiny/transport.ts
var ANSWER_MS = 2e3;
var ShinyTransport = class {
  #runtime;
  #onError;
  #inFlight = /* @__PURE__ */ new Map();
  #counter = 0;
  #offlineReported = false;
  constructor({ runtime, onError }) {
    this.#runtime = runtime;
    this.#onError = onError;
  }
  /** Listens for the frames that follow each message. @returns the undo */
  listen() {
    const $ = pageJQuery();
    const onMessage = ({ message }) => {
      if (message && "values" in message) this.#settleAll();
    };
    const onConnected = () => {
      this.#offlineReported = false;
    };
    $?.(document).on("shiny:message", onMessage);
    $?.(document).on("shiny:connected", onConnected);
    return () => {
      $?.(document).off("shiny:message", onMessage);
      $?.(document).off("shiny:connected", onConnected);
    };
  }
  send(message, text, callbacks) {
    this.#counter += 1;
    const msg_id = `${message.comm_id}-${this.#counter}`;
    const status = callbacks?.iopub?.status;
    if (!this.#put(message.comm_id, text)) {
      queueMicrotask(() => status?.(IDLE));
      return msg_id;
    }
    if (status) this.#track(message, msg_id, () => status(IDLE));
    return msg_id;
  }
  /** Matches an echo with the update that it answers. Echoes come in the order of the updates. */
  received(message) {
    const { comm_id, data } = message.content;
    if (data.method !== "echo_update") return;
    const waiting = this.#inFlight.get(comm_id);
    if (!waiting) return;
    const keys = Object.keys(data.state ?? {});
    const index = waiting.findIndex((sent) => keys.every((key) => sent.keys.includes(key)));
    if (index < 0) return;
    const answered = waiting.splice(0, index + 1);
    const last = answered.at(-1);
    if (last) message.parent_header = { msg_id: last.msg_id };
    queueMicrotask(() => answered.forEach(settle));
  }
  forget(comm_id) {
    for (const sent of this.#inFlight.get(comm_id) ?? []) sent.drop();
    this.#inFlight.delete(comm_id);
  }
  #put(comm_id, text) {
    const shiny = this.#runtime();
    const app = shiny?.shinyapp;
    if (!shiny?.setInputValue || app?.isConnected?.() === false) {
      if (!this.#offlineReported) {
        this.#offlineReported = true;
        this.#onError(
          new NotConnectedError(`comm ${comm_id}: no Shiny session to send to`, { comm_id })
        );
      }
      return false;
    }
    if (app && document.querySelector(".shiny-submit-button")) {
      app.sendInput({ [SEND_INPUT]: text });
    } else {
      shiny.setInputValue(SEND_INPUT, text, { priority: "event" });
    }
    if (app?.$inputValues) delete app.$inputValues[SEND_INPUT];
    return true;
  }
  #track(message, msg_id, idle) {
    const { comm_id, data } = message;
    const state = data?.state;
    const sent = {
      msg_id,
      keys: state ? Object.keys(state) : [],
      settled: false,
      settle: () => {
        clearTimeout(timer);
        idle();
      },
      drop: () => {
        clearTimeout(timer);
        sent.settled = true;
      }
    };
    const timer = setTimeout(() => settle(sent), ANSWER_MS);
    const waiting = this.#inFlight.get(comm_id);
    if (waiting) waiting.push(sent);
    else this.#inFlight.set(comm_id, [sent]);
  }
  /** A `values` frame: the server has worked off what it was sent. Echoes may still be matched. */
  #settleAll() {
    for (const [comm_id, waiting] of this.#inFlight) {
      for (const sent of waiting) settle(sent);
      if (waiting.length > 8) this.#inFlight.set(comm_id, waiting.slice(-8));
    }
  }
};
var IDLE = {
  header: { msg_type: "status" },
  content: { execution_state: "idle" }
};
function settle(sent) {
  if (sent.settled) return;
  sent.settled = true;
  sent.settle();
}
export {
  ClosedCommError,
  CommError,
  DecodeError,
  DuplicateCommError,
  EncodeError,
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
  UnknownCommError,
  UnknownTargetError,
  WIDGET_TARGETS,
  WidgetError,
  bytesOf,
  connectShiny,
  decode,
  decodeBase64,
  encode,
  encodeBase64,
  logError,
  messageOf,
  shinyRuntime
};
