// src/comm/comm.ts
import { CommError } from "./errors.js";
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
  /** Whether a listener for messages is set. */
  get hasListener() {
    return this.#onMsg !== void 0;
  }
  send(data, { metadata, buffers, onIdle } = {}) {
    const { comm_id } = this;
    if (this.#closed) {
      throw new CommError("COMM_CLOSED", `cannot send on comm ${comm_id}: it is closed`, {
        comm_id
      });
    }
    return this.#channel.send({ comm_id, data, metadata, buffers }, onIdle);
  }
  close(data = {}, { metadata, buffers } = {}) {
    this.#end({ comm_id: this.comm_id, data, metadata, buffers });
  }
  on_msg(callback) {
    if (this.#closed) return () => void 0;
    const listener = { callback };
    this.#onMsg = listener;
    this.#channel.listening(this);
    return () => {
      if (this.#onMsg === listener) this.#onMsg = void 0;
    };
  }
  on_close(callback) {
    if (this.#closed) return () => void 0;
    const listener = { callback };
    this.#onClose = listener;
    return () => {
      if (this.#onClose === listener) this.#onClose = void 0;
    };
  }
  /** Delivers a message to the listener. */
  handle_msg(message) {
    return this.#onMsg?.callback(message);
  }
  /** Delivers the server's close to the listener, after the comm was marked as closed. */
  handle_close(message) {
    if (this.#closed) return void 0;
    const listener = this.#onClose;
    this.#end();
    return listener?.callback(message);
  }
  #end(farewell) {
    if (this.#closed) return;
    this.#closed = true;
    this.#onMsg = void 0;
    this.#onClose = void 0;
    this.#channel.closed(this, farewell);
  }
};
export {
  ShinyComm
};
