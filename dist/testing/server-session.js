// src/testing/server-session.ts
import { decodeBase64 } from "../comm/buffers.js";
import { CommError, messageOf } from "../comm/errors.js";
import { FRAME_VERSION } from "../comm/frames.js";
import {
  CLOSE_INPUT,
  FRAMES_INPUT,
  OPEN_INPUT,
  PROBE,
  PROBE_HANDLER,
  SEND_INPUT,
  SERVER_HANDLER
} from "../comm/messages.js";
import { Batches } from "./batches.js";
import { Inbox } from "./inbox.js";
import {
  ServerComm,
  ServerCommManager
} from "./server-comm.js";
import { ServerWidget } from "./server-widget.js";
var ServerSession = class {
  #wiring;
  #batches = new Batches(this);
  #inputs = /* @__PURE__ */ new Map();
  #inputListeners = /* @__PURE__ */ new Map();
  #inputInboxes = /* @__PURE__ */ new Map();
  #waiting = [];
  #onEnded = /* @__PURE__ */ new Set();
  /** The comms that the browser opened. */
  #accepted = /* @__PURE__ */ new Set();
  #onFlush = /* @__PURE__ */ new Set();
  #onFlushed = /* @__PURE__ */ new Set();
  #values = {};
  #errors = {};
  #flushDue = false;
  #working = false;
  #ended = false;
  #widgets = 0;
  /** @internal The in-memory Shiny creates sessions. */
  constructor(wiring) {
    this.id = `session-${wiring.number}`;
    this.#wiring = wiring;
    this.comms = new ServerCommManager(this);
    this.sendFrame({ config: { workerId: "", sessionId: this.id, user: null } });
  }
  /** Whether the session has ended, by {@link ServerSession.close} or by a disconnect. */
  get ended() {
    return this.#ended;
  }
  /** The version of binary frames: 0 for text messages, and from 3 for batches. */
  get frameVersion() {
    const { binaryFrames = false, batches = false } = this.#wiring;
    const announced = this.#inputs.get(bare(FRAMES_INPUT));
    if (!binaryFrames || typeof announced !== "number" || !(announced >= 1)) return 0;
    return Math.min(announced, batches ? FRAME_VERSION : FRAME_VERSION - 1);
  }
  /** Whether the session handles no message and has nothing to flush. */
  get isIdle() {
    return !this.#working && !this.#flushDue && this.#waiting.length === 0;
  }
  /** Returns the last value of an input. */
  input(name) {
    return this.#inputs.get(name);
  }
  /** Calls back with each value of an input, and awaits the returned promise. @returns the undo */
  onInput(name, callback) {
    const listeners = this.#inputListeners.get(name) ?? /* @__PURE__ */ new Set();
    this.#inputListeners.set(name, listeners.add(callback));
    return () => void listeners.delete(callback);
  }
  /**
   * Returns the next value of an input. Each value since the first call for this name is returned once.
   *
   * @throws (rejects) after the timeout, or when the session ends first
   */
  nextInput(name, options) {
    let inbox = this.#inputInboxes.get(name);
    if (!inbox) {
      inbox = new Inbox(`the input ${name}`);
      this.#inputInboxes.set(name, inbox);
      if (this.#ended) inbox.close(`session ${this.id} has ended`);
    }
    return inbox.next(options);
  }
  /**
   * Opens a widget with a state, whose binary values travel as buffers.
   *
   * @throws {CommError} `NOT_CONNECTED` when the session has ended
   */
  open(state, options = {}) {
    this.#widgets += 1;
    const [session, widget] = [this.#wiring.number, this.#widgets].map(
      (number) => number.toString(16).padStart(16, "0")
    );
    const model_id = options.model_id ?? `${session}${widget}`;
    return new ServerWidget({ ...options, model_id, state, commManager: this.comms });
  }
  /**
   * Shows a widget in the output with this id, or hides the output (`null`), in the next flush.
   *
   * @throws {CommError} `NOT_CONNECTED` when the session has ended
   */
  output(id, content) {
    this.#assertAlive("show an output");
    delete this.#errors[id];
    this.#values[id] = content instanceof ServerWidget ? { model_id: content.model_id, fill: false } : content;
    this.#requestFlush();
  }
  /** Shows an error in the output with this id, in the next flush. */
  outputError(id, message) {
    this.#assertAlive("show an error");
    delete this.#values[id];
    this.#errors[id] = { message, call: null, type: null };
    this.#requestFlush();
  }
  /** Sends a custom message immediately; Shiny drops a message without a handler. */
  sendCustomMessage(type, message) {
    this.sendFrame({ custom: { [type]: message } });
  }
  /**
   * Sends bytes to the message handler of this name, immediately.
   *
   * @param detachedBuffers the detached buffers of a binary frame, sent after it
   */
  sendBinaryMessage(type, payload, detachedBuffers = []) {
    this.#assertAlive("send bytes");
    const name = new TextEncoder().encode(type);
    const frame = new Uint8Array(1 + name.length + payload.byteLength);
    frame[0] = name.length;
    frame.set(name, 1);
    frame.set(new Uint8Array(payload), 1 + name.length);
    for (const sent of [frame.buffer, ...detachedBuffers]) this.#wiring.send(sent);
  }
  /**
   * Sends a message in a batch with the next flush.
   *
   * @param header the object of a text message, without `buffers`
   */
  sendInBatch(kind, header, buffers = []) {
    this.#assertAlive("send a message");
    this.#batches.add(kind, header, buffers);
  }
  /** Sends a frame of Shiny's protocol (`values`, `busy`, `custom`, …), immediately. */
  sendFrame(frame) {
    this.#assertAlive("send a frame");
    this.#wiring.send(JSON.stringify(frame));
  }
  /** Calls back once, before the next flush sends its values. @returns the undo */
  onFlush(callback) {
    this.#onFlush.add(callback);
    this.#requestFlush();
    return () => void this.#onFlush.delete(callback);
  }
  /** Calls back once, after the next flush has sent its values. @returns the undo */
  onFlushed(callback) {
    this.#onFlushed.add(callback);
    this.#requestFlush();
    return () => void this.#onFlushed.delete(callback);
  }
  /** Calls back when the session ends. @returns the undo */
  onEnded(callback) {
    this.#onEnded.add(callback);
    return () => void this.#onEnded.delete(callback);
  }
  /** Flushes now, instead of at the end of the task. */
  flush() {
    this.#flushDue = false;
    if (this.#ended) return;
    const before = this.#onFlush;
    this.#onFlush = /* @__PURE__ */ new Set();
    for (const callback of before) callback();
    const [values, errors] = [this.#values, this.#errors];
    this.#values = {};
    this.#errors = {};
    for (const id of [...Object.keys(values), ...Object.keys(errors)]) {
      this.sendFrame({ recalculating: { name: id, status: "recalculating" } });
      this.sendFrame({ recalculating: { name: id, status: "recalculated" } });
    }
    this.sendFrame({ values, inputMessages: [], errors });
    const after = this.#onFlushed;
    this.#onFlushed = /* @__PURE__ */ new Set();
    for (const callback of after) callback();
  }
  /** Ends the session and its connection: closes and unregisters all comms. */
  close() {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting.length = 0;
    this.#onFlush.clear();
    this.#onFlushed.clear();
    for (const comm of this.#accepted) {
      if (comm.closed) continue;
      const content = { comm_id: comm.comm_id, data: {} };
      this.#try(() => comm.handle_close({ content, metadata: {}, buffers: [], header: {} }));
    }
    for (const callback of this.#onEnded) this.#try(callback);
    this.#onEnded.clear();
    for (const inbox of this.#inputInboxes.values()) inbox.close(`session ${this.id} has ended`);
    this.#wiring.hangUp();
  }
  /** Receives a frame of the browser's runtime; frames are handled one by one. */
  receive(text) {
    if (this.#ended) return;
    const frame = JSON.parse(text);
    this.#waiting.push(frame);
    if (this.#working) return;
    this.#working = true;
    queueMicrotask(() => void this.#work());
  }
  async #work() {
    for (let frame = this.#waiting.shift(); frame; frame = this.#waiting.shift()) {
      this.sendFrame({ busy: "busy" });
      const { method, data = {} } = frame;
      const frameVersion = this.#inputs.get(bare(FRAMES_INPUT));
      for (const [name, value] of Object.entries(data)) this.#inputs.set(bare(name), value);
      if (method === "init") await this.#begin();
      else if (frameVersion !== this.#inputs.get(bare(FRAMES_INPUT))) this.#announce();
      for (const [name, value] of Object.entries(data)) await this.#take(bare(name), value);
      if (this.#ended) break;
      this.sendFrame({ busy: "idle" });
      this.flush();
    }
    this.#working = false;
  }
  async #begin() {
    this.#announce();
    await this.#try(() => this.#wiring.onSession?.(this));
  }
  #announce() {
    if (this.#wiring.binaryFrames && this.#inputs.get(bare(FRAMES_INPUT)) === PROBE) {
      this.sendBinaryMessage(PROBE_HANDLER, Uint8Array.from({ length: 256 }, (_, n) => n).buffer);
    }
    if (this.#wiring.opens) this.sendCustomMessage(SERVER_HANDLER, { version: 1, opens: true });
  }
  async #take(name, value) {
    if (this.#ended) return;
    const { opens = false } = this.#wiring;
    if (name === bare(SEND_INPUT)) await this.#try(() => this.#message(value));
    else if (opens && name === bare(OPEN_INPUT)) await this.#try(() => this.#open(value));
    else if (opens && name === bare(CLOSE_INPUT)) await this.#try(() => this.#closeComm(value));
    for (const listener of this.#inputListeners.get(name) ?? []) {
      await this.#try(() => listener(value));
    }
    this.#inputInboxes.get(name)?.put(value);
  }
  /** Delivers a message. A message for an unknown comm is dropped, as on the stock server. */
  #message(value) {
    const message = decodeText(value);
    return this.comms.get_comm(message.content.comm_id)?.handle_msg(message);
  }
  /** Opens a comm for its target. Without a target, or after an error of the target, closes the comm. */
  async #open(value) {
    const message = decodeText(value);
    const { comm_id, target_name = "" } = message.content;
    if (this.comms.get_comm(comm_id))
      throw new Error(`cannot open comm ${comm_id}: a comm with this id is already open`);
    const comm = new ServerComm({ comm_id, target_name, commManager: this.comms, open: false });
    comm.accept();
    this.#accepted.add(comm);
    const target = this.comms.getTarget(target_name);
    try {
      if (!target)
        throw new Error(`cannot open comm ${comm_id}: no target ${JSON.stringify(target_name)}`);
      await target(comm, message);
    } catch (error) {
      this.#accepted.delete(comm);
      comm.close();
      throw error;
    }
  }
  #closeComm(value) {
    const message = decodeText(value);
    const comm = this.comms.get_comm(message.content.comm_id);
    return comm && this.#accepted.delete(comm) ? comm.handle_close(message) : void 0;
  }
  /** Calls a callback, and reports its error. */
  async #try(callback) {
    try {
      await callback();
    } catch (error) {
      this.#wiring.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
  #requestFlush() {
    if (this.#flushDue || this.#working) return;
    this.#flushDue = true;
    queueMicrotask(() => {
      if (this.#flushDue) this.flush();
    });
  }
  #assertAlive(doing) {
    if (this.#ended) {
      throw new CommError("NOT_CONNECTED", `cannot ${doing}: session ${this.id} has ended`);
    }
  }
};
function bare(name) {
  return name.split(":")[0] ?? name;
}
function decodeText(value) {
  try {
    if (typeof value !== "string") throw new TypeError("not a string");
    const { content, metadata, buffers, header } = JSON.parse(value);
    const { comm_id, target_name, data } = content;
    if (typeof comm_id !== "string") throw new TypeError("no comm_id");
    return {
      content: {
        comm_id,
        ...typeof target_name === "string" && { target_name },
        data
      },
      metadata: metadata ?? {},
      buffers: (buffers ?? []).map(decodeBase64),
      header: header ?? {}
    };
  } catch (cause) {
    throw new Error(`malformed comm message from the browser: ${messageOf(cause)}`, { cause });
  }
}
export {
  ServerSession
};
