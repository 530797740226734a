// src/testing/server-widget.ts
import { bytesOf } from "../comm/buffers.js";
import { WIDGET_TARGETS } from "../comm/messages.js";
import { Inbox } from "./inbox.js";
import { pythonJson } from "./python-json.js";
import { ServerComm } from "./server-comm.js";
import { isBinary, putBuffers, removeBuffers } from "./state-buffers.js";
var PROTOCOL_VERSION = "2.1.0";
var ServerWidget = class {
  #state;
  #echo;
  #changeCallbacks = /* @__PURE__ */ new Set();
  #customCallbacks = /* @__PURE__ */ new Set();
  #customs;
  #changes = /* @__PURE__ */ new Set();
  /**
   * Opens the widget's comm.
   *
   * @throws the errors of {@link ServerComm.open}
   */
  constructor({
    commManager,
    state,
    model_id = crypto.randomUUID().replaceAll("-", ""),
    echo = true,
    htmlDeps = []
  }) {
    this.#state = { ...state };
    this.#echo = typeof echo === "function" ? echo : () => echo;
    this.#customs = new Inbox(`a custom message of widget ${model_id}`);
    const { buffers, ...data } = removeBuffers(this.#state);
    this.comm = new ServerComm({
      comm_id: model_id,
      commManager,
      target_name: WIDGET_TARGETS[0],
      data,
      buffers,
      metadata: { version: PROTOCOL_VERSION },
      keys: { html_deps: htmlDeps }
    });
    this.comm.on_msg((message) => this.#receive(message));
    this.comm.session?.onEnded(() => this.#gone("its session has ended"));
  }
  /** The id of the model, by which outputs and other widgets reference it. */
  get model_id() {
    return this.comm.comm_id;
  }
  /** The reference to this widget in another widget's state. */
  get reference() {
    return `IPY_MODEL_${this.model_id}`;
  }
  /** The current state; binary values from the browser are `DataView`s. */
  get state() {
    return this.#state;
  }
  /** Returns the value of a trait. */
  get(trait) {
    return this.#state[trait];
  }
  /**
   * Sets traits, and sends the changed traits in one update, like ipywidgets' `hold_sync`.
   *
   * @throws {RangeError} for a trait that the initial state does not have
   * @throws {CommError} `NOT_CONNECTED` when the session has ended
   */
  set(values) {
    const changed = {};
    for (const [trait, value] of Object.entries(values)) {
      if (!Object.hasOwn(this.#state, trait)) {
        throw new RangeError(`widget ${this.model_id} has no trait ${JSON.stringify(trait)}`);
      }
      if (!sameValue(this.#state[trait], value)) changed[trait] = value;
      this.#state[trait] = value;
    }
    this.#changed();
    if (Object.keys(changed).length === 0) return;
    this.#sendState("update", changed);
  }
  /** Sends a custom message, for which models emit `msg:custom`. */
  send(content, buffers = []) {
    this.comm.send({ method: "custom", content }, void 0, buffers);
  }
  /** Calls back after each change from the browser. @returns the undo */
  onChange(callback) {
    this.#changeCallbacks.add(callback);
    return () => void this.#changeCallbacks.delete(callback);
  }
  /** Calls back with each custom message from the browser. @returns the undo */
  onMessage(callback) {
    this.#customCallbacks.add(callback);
    return () => void this.#customCallbacks.delete(callback);
  }
  /**
   * Returns the next custom message from the browser. Each message is returned once, in order.
   *
   * @throws (rejects) after the timeout, or when the widget is closed or its session ends first
   */
  nextMessage(options) {
    return this.#customs.next(options);
  }
  /**
   * Waits until the state meets a condition.
   *
   * @returns the state
   * @throws (rejects) after the timeout, or when the widget is closed or its session ends first
   */
  async until(condition, options) {
    const changes = new Inbox(`a state of widget ${this.model_id} (${condition})`);
    this.#changes.add(changes);
    try {
      while (!condition(this.#state)) await changes.next(options);
      return this.#state;
    } finally {
      this.#changes.delete(changes);
    }
  }
  /** Closes the widget and its views in the browser. */
  close() {
    this.comm.close();
    this.#gone("the widget is closed");
  }
  /** Rejects all waiting callers. */
  #gone(why) {
    for (const inbox of [this.#customs, ...this.#changes]) inbox.close(why);
  }
  async #receive({ content, buffers }) {
    const { method, state = {}, buffer_paths = [], content: custom } = content.data;
    switch (method) {
      case "update":
        putBuffers(state, buffer_paths, buffers);
        return this.#update(state);
      case "request_state":
        return this.#sendState("update", this.#state);
      case "custom":
        this.#customs.put({ content: custom, buffers });
        for (const callback of [...this.#customCallbacks]) await callback(custom, buffers);
        return;
      default:
        throw new Error(`widget ${this.model_id}: unknown method ${JSON.stringify(method)}`);
    }
  }
  async #update(sent) {
    const known = Object.entries(sent).filter(([trait]) => Object.hasOwn(this.#state, trait));
    const echo = known.filter(([trait]) => this.#echo(trait));
    if (echo.length > 0) this.#sendState("echo_update", Object.fromEntries(echo));
    const changed = known.filter(([trait, value]) => !sameValue(this.#state[trait], value));
    for (const [trait, value] of known) this.#state[trait] = value;
    const traits = changed.map(([trait]) => trait);
    if (traits.length > 0) {
      for (const callback of [...this.#changeCallbacks]) await callback(traits);
    }
    this.#changed();
  }
  #changed() {
    for (const inbox of this.#changes) inbox.put(void 0);
  }
  #sendState(method, full) {
    const { state, buffer_paths, buffers } = removeBuffers(full);
    this.comm.send({ method, state, buffer_paths }, void 0, buffers);
  }
};
function sameValue(one, other) {
  if (one === other) return true;
  if (isBinary(one) !== isBinary(other)) return false;
  const [a, b] = [removeBuffers({ value: one }), removeBuffers({ value: other })];
  return pythonJson([a.state, a.buffer_paths]) === pythonJson([b.state, b.buffer_paths]) && a.buffers.every((buffer, index) => sameBytes(buffer, b.buffers[index]));
}
function sameBytes(one, other) {
  if (!other) return false;
  const [a, b] = [bytesOf(one), bytesOf(other)];
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
export {
  ServerWidget
};
