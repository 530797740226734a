// src/testing/shiny-app.ts
import { TaskQueue } from "./task-queue.js";
var BUSY_CLASS = "shiny-busy";
var OVERLAY_ID = "shiny-disconnected-overlay";
var InMemoryApp = class {
  constructor(wiring) {
    this.$inputValues = {};
    this.$bindings = {};
    this.$values = {};
    this.$errors = {};
    this.$initialInput = null;
    this.$socket = null;
    this.config = null;
    this.#pending = [];
    this.#wiring = wiring;
    this.taskQueue = new TaskQueue((error) => wiring.onError(error));
  }
  #wiring;
  #pending;
  connect(initialInput) {
    if (this.$socket) throw new Error("Connect was already called on this application object");
    this.$socket = this.#createSocket();
    this.$initialInput = initialInput;
    Object.assign(this.$inputValues, initialInput);
  }
  /** Starts a new session with the inputs of the old one. */
  reconnect() {
    if (this.isConnected()) throw new Error("Attempted to reconnect, but already connected.");
    this.$socket = this.#createSocket();
    this.$initialInput = { ...this.$inputValues };
  }
  /** Returns whether a socket is open or connecting. */
  isConnected() {
    return this.$socket !== null;
  }
  sendInput(values) {
    const text = JSON.stringify({ method: "update", data: values });
    if (this.$socket?.readyState) this.$socket.send(text);
    else this.#pending.push(text);
    Object.assign(this.$inputValues, values);
  }
  async bindOutput(id, output) {
    this.$bindings[id] = output;
    if (this.$values[id] !== void 0) await output.onValueChange(this.$values[id]);
    else if (this.$errors[id] !== void 0) output.onValueError(this.$errors[id]);
  }
  unbindOutput(id, output) {
    if (this.$bindings[id] !== output) return false;
    delete this.$bindings[id];
    return true;
  }
  /** Returns whether the output never had a value or an error. */
  isRecalculating(id) {
    return this.$values[id] === void 0 && this.$errors[id] === void 0;
  }
  #createSocket() {
    const socket = this.#wiring.createSocket();
    socket.onopen = () => {
      this.#wiring.trigger("shiny:connected", { socket });
      element(OVERLAY_ID)?.remove?.();
      socket.send(JSON.stringify({ method: "init", data: this.$initialInput }));
      for (const text of this.#pending.splice(0)) socket.send(text);
      void this.taskQueue.run();
    };
    socket.onmessage = ({ data }) => this.taskQueue.enqueue(() => this.dispatchMessage(data));
    socket.onclose = () => {
      this.#wiring.trigger("shiny:disconnected", { socket });
      if (!element(OVERLAY_ID)) showOverlay();
      this.$socket = null;
    };
    return socket;
  }
  /** Handles a frame. The error of a handler skips the other handlers of the frame, and rejects. */
  async dispatchMessage(data) {
    const parsed = typeof data === "string" ? JSON.parse(data) : unpack(data);
    const event = this.#wiring.trigger("shiny:message", { message: parsed });
    if (event.isDefaultPrevented()) return;
    const { values, errors, custom, config, busy, recalculating } = event.message;
    for (const [id, value] of Object.entries(values ?? {})) await this.#receiveOutput(id, value);
    for (const [id, error] of Object.entries(errors ?? {})) this.#receiveError(id, error);
    if (custom) await this.#wiring.customMessage(custom);
    if (config) {
      const { workerId, sessionId } = config;
      this.config = { workerId, sessionId };
      this.#wiring.trigger("shiny:sessioninitialized");
      this.#wiring.sessionInitialized();
    }
    if (busy === "busy" || busy === "idle") {
      globalThis.document?.documentElement?.classList.toggle(BUSY_CLASS, busy === "busy");
      this.#wiring.trigger(`shiny:${busy}`);
    }
    if (recalculating) {
      const { name, status } = recalculating;
      const output = this.$bindings[name];
      if (output) this.#wiring.trigger(`shiny:${status}`, {}, output.el);
    }
  }
  async #receiveOutput(name, value) {
    const output = this.$bindings[name];
    const same = this.$values[name] === value;
    this.$values[name] = value;
    delete this.$errors[name];
    output?.showProgress(false);
    const event = this.#wiring.trigger("shiny:value", { name, value, binding: output }, output?.el);
    if (same || event.isDefaultPrevented()) return;
    await output?.onValueChange(event.value);
  }
  #receiveError(name, error) {
    const output = this.$bindings[name];
    this.$errors[name] = error;
    delete this.$values[name];
    output?.showProgress(false);
    const event = this.#wiring.trigger("shiny:error", { name, error, binding: output }, output?.el);
    if (!event.isDefaultPrevented()) output?.onValueError(event.error);
  }
};
function unpack(data) {
  const length = new DataView(data).getUint8(0);
  const type = String.fromCharCode(...new Uint8Array(data, 1, length));
  return { custom: { [type]: data.slice(length + 1) } };
}
function element(id) {
  return globalThis.document?.getElementById(id);
}
function showOverlay() {
  const page = globalThis.document;
  if (!page?.createElement) return;
  const overlay = page.createElement("div");
  overlay.id = OVERLAY_ID;
  page.body.append(overlay);
}
export {
  InMemoryApp
};
