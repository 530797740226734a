// src/testing/server-comm.ts
import { bytesOf, encodeBase64 } from "../comm/buffers.js";
import { CommError, messageOf } from "../comm/errors.js";
import { DETACH_FROM_BYTES, encodeFrame } from "../comm/frames.js";
import { HANDLERS } from "../comm/messages.js";
import { Inbox } from "./inbox.js";
import { pythonJson } from "./python-json.js";
import { isBinary } from "./state-buffers.js";
var ServerComm = class {
  #inbox;
  #onMsg;
  #onClose;
  #closed = true;
  #forgetSession;
  /**
   * Opens the comm, unless `open` is `false`.
   *
   * @throws the errors of {@link ServerComm.open}
   */
  constructor({
    comm_id,
    commManager,
    target_name,
    session = commManager.session,
    open = true,
    ...parts
  }) {
    this.comm_id = comm_id;
    this.commManager = commManager;
    this.target_name = target_name;
    this.session = session;
    this.#inbox = new Inbox(`a message on comm ${comm_id}`);
    if (open) this.open(parts);
  }
  /** Whether the comm is closed: by either side, with the session, or because it was never opened. */
  get closed() {
    return this.#closed;
  }
  /**
   * Registers the comm and opens the browser's end. After an error, the comm is not registered.
   *
   * @throws {CommError} `NOT_CONNECTED` without a session, or after its end
   * @throws {TypeError} when a buffer is not binary, or is detached
   * @throws {CommError} `ENCODE` when JSON cannot represent the data
   */
  open({ keys, ...parts } = {}) {
    this.commManager.register_comm(this);
    try {
      this.#publish("comm_open", parts, {
        target_name: this.target_name,
        target_module: null,
        ...keys
      });
      this.#opened();
    } catch (error) {
      this.commManager.unregister_comm(this);
      throw error;
    }
  }
  /** Registers the comm as the other end of a comm that the browser opened. Sends nothing. */
  accept() {
    this.commManager.register_comm(this);
    this.#opened();
  }
  /**
   * Sends a message. As in Python, a closed comm sends messages, too; the browser reports them as messages
   * for an unknown comm.
   *
   * @throws the errors of {@link ServerComm.open}
   */
  send(data, metadata, buffers) {
    this.#publish("comm_msg", { data, metadata, buffers });
  }
  /**
   * Closes both ends and unregisters this one. A second call has no effect. Without an open session, this
   * method sends nothing, without an error.
   *
   * @throws {TypeError} when a buffer is not binary, or is detached
   * @throws {CommError} `ENCODE` when JSON cannot represent the data
   */
  close(data, metadata, buffers) {
    if (this.#closed) return;
    this.#end();
    if (this.session && !this.session.ended) {
      this.#publish("comm_close", { data, metadata, buffers });
    }
    this.commManager.unregister_comm(this);
  }
  /** Sets the callback for messages; `undefined` removes it. */
  on_msg(callback) {
    this.#onMsg = callback;
  }
  /** Sets the callback for the browser's close; `undefined` removes it. */
  on_close(callback) {
    this.#onClose = callback;
  }
  /** Delivers a message, to the callback and to {@link ServerComm.nextMessage}. */
  handle_msg(message) {
    this.#inbox.put(message);
    return this.#onMsg?.(message);
  }
  /** Delivers the browser's close, after the comm was closed and unregistered. */
  handle_close(message) {
    const callback = this.#onClose;
    if (!this.#closed) {
      this.#end();
      this.commManager.unregister_comm(this);
    }
    return callback?.(message);
  }
  /**
   * Returns the next message of the browser. Each message is returned once, in order, earlier messages
   * included.
   *
   * @throws (rejects) after the timeout, or when the comm is closed first
   */
  nextMessage(options) {
    return this.#inbox.next(options);
  }
  #opened() {
    this.#forgetSession?.();
    this.#closed = false;
    this.#inbox.reopen();
    this.#forgetSession = this.session?.onEnded(() => this.close());
  }
  #end() {
    this.#closed = true;
    this.#forgetSession?.();
    this.#forgetSession = void 0;
    this.#inbox.close(`comm ${this.comm_id} is closed`);
  }
  #publish(kind, parts, keys = {}) {
    const { comm_id, session } = this;
    const buffers = (parts.buffers ?? []).map(
      (buffer, index) => checkedBytes(buffer, `comm ${comm_id}: buffer ${index}`)
    );
    const content = { data: parts.data ?? {}, comm_id, ...keys };
    const metadata = parts.metadata ?? {};
    const rest = { ident: `comm-${comm_id}`, parent: {} };
    if (!session) {
      throw new CommError(
        "NOT_CONNECTED",
        `cannot send a ${kind} on comm ${comm_id}: the comm has no Shiny session`,
        { comm_id, kind }
      );
    }
    if (session.ended) {
      throw new CommError(
        "NOT_CONNECTED",
        `cannot send a ${kind} on comm ${comm_id}: its Shiny session has ended`,
        { comm_id, kind }
      );
    }
    const type = HANDLERS[kind];
    if (session.frameVersion > 2 && session.sendInBatch) {
      const header = JSON.parse(this.#write(kind, { content, metadata }));
      session.sendInBatch(kind, header, buffers);
      return;
    }
    let send;
    if (session.frameVersion > 0 && buffers.length > 0) {
      const header = JSON.parse(this.#write(kind, { content, metadata, ...rest }));
      const detachFromBytes = session.frameVersion > 1 ? DETACH_FROM_BYTES : Number.POSITIVE_INFINITY;
      const frame = encodeFrame(kind, header, buffers, { detachFromBytes });
      const detachedBuffers = buffers.filter(({ byteLength }) => byteLength >= detachFromBytes).map((buffer) => buffer.slice().buffer);
      send = () => session.sendBinaryMessage(type, frame, detachedBuffers);
    } else {
      const encoded = buffers.map(encodeBase64);
      const payload = this.#write(kind, { content, metadata, buffers: encoded, ...rest });
      send = () => session.sendCustomMessage(type, payload);
    }
    if (kind === "comm_open") session.onFlush(send);
    else session.onFlushed(send);
  }
  #write(kind, message) {
    const { comm_id } = this;
    try {
      return pythonJson(message);
    } catch (cause) {
      const what = `cannot send a ${kind} on comm ${comm_id}: ${messageOf(cause)}`;
      throw new CommError("ENCODE", what, { comm_id, kind, cause });
    }
  }
};
var ServerCommManager = class {
  #comms = /* @__PURE__ */ new Map();
  #targets = /* @__PURE__ */ new Map();
  constructor(session) {
    this.session = session;
  }
  /** The open comms, by id. */
  get comms() {
    return this.#comms;
  }
  /** Adds a comm, and replaces a comm with the same id, as in Python. @returns the id */
  register_comm(comm) {
    this.#comms.set(comm.comm_id, comm);
    return comm.comm_id;
  }
  /** Removes a comm, if it is registered. @returns the comm */
  unregister_comm(comm) {
    if (this.#comms.get(comm.comm_id) === comm) this.#comms.delete(comm.comm_id);
    return comm;
  }
  /** Returns the open comm with this id. */
  get_comm(comm_id) {
    return this.#comms.get(comm_id);
  }
  /** Registers the callback for comms that the browser opens for `target_name`. @returns the undo */
  register_target(target_name, callback) {
    this.#targets.set(target_name, callback);
    return () => {
      if (this.#targets.get(target_name) === callback) this.#targets.delete(target_name);
    };
  }
  /** Removes the callback of a target; its opens are answered with a close. */
  unregister_target(target_name) {
    this.#targets.delete(target_name);
  }
  /** Returns the newest callback of a target. */
  getTarget(target_name) {
    return this.#targets.get(target_name);
  }
};
function checkedBytes(buffer, name) {
  if (!isBinary(buffer)) {
    throw new TypeError(`${name} is not contiguous bytes (expected an ArrayBuffer or a view)`);
  }
  try {
    return bytesOf(buffer);
  } catch (cause) {
    throw new TypeError(`${name} is detached (${messageOf(cause)})`, { cause });
  }
}
export {
  ServerComm,
  ServerCommManager
};
