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
  open(data, callbacks, metadata, buffers) {
    this.#assertOpen("open");
    return data === void 0 ? "" : this.send(data, callbacks, metadata, buffers);
  }
  send(data, callbacks, metadata, buffers) {
    this.#assertOpen("send on");
    const { comm_id } = this;
    return this.#channel.send(
      { comm_id, data, metadata, buffers },
      callbacks
    );
  }
  /** @returns `""`, as nothing answers a close */
  close(data, _callbacks, metadata, buffers) {
    const { comm_id } = this;
    this.#end({ comm_id, data: data ?? {}, metadata, buffers });
    return "";
  }
  on_msg(callback) {
    this.#onMsg = callback;
  }
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
    this.#end();
    return callback?.(message);
  }
  #end(farewell) {
    if (this.#closed) return;
    this.#closed = true;
    this.#onMsg = void 0;
    this.#onClose = void 0;
    this.#channel.closed(this, farewell);
  }
  #assertOpen(doing) {
    if (this.#closed) {
      throw new CommError("COMM_CLOSED", `cannot ${doing} comm ${this.comm_id}: it is closed`, {
        comm_id: this.comm_id
      });
    }
  }
};
export {
  ShinyComm
};
