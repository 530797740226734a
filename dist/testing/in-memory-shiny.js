// src/testing/in-memory-shiny.ts
import { isObject } from "../util/object.js";
import { Dependencies } from "./dependencies.js";
import { Inputs } from "./inputs.js";
import {
  BindingRegistry,
  BOUND_CLASS,
  bound,
  matches,
  OutputBinding
} from "./outputs.js";
import { createDocument, createJQuery } from "./page.js";
import { ServerSession } from "./server-session.js";
import { InMemoryApp } from "./shiny-app.js";
function createShiny(options = {}) {
  return new InMemoryShiny(options);
}
var InMemoryShiny = class {
  #runtime;
  #options;
  #handlers = /* @__PURE__ */ new Map();
  #ownJQuery = createJQuery();
  #bound = /* @__PURE__ */ new Map();
  #errors = [];
  #dependencies = new Dependencies();
  #begun = [];
  #session;
  #sessions = 0;
  #opening = false;
  #inputs;
  constructor(options = {}) {
    this.#options = options;
    const initializedPromise = new Promise((resolve) => this.#begun.push(resolve));
    this.#runtime = {
      addCustomMessageHandler: (type, handler) => this.#addHandler(type, handler),
      OutputBinding,
      outputBindings: new BindingRegistry(),
      renderDependenciesAsync: (dependencies) => this.#dependencies.render(dependencies),
      initializedPromise
    };
  }
  /** The runtime, which is `window.Shiny` on a page. */
  get runtime() {
    return this.#runtime;
  }
  /** The open session. */
  get session() {
    return this.#session;
  }
  /**
   * Sets this Shiny as `globalThis.Shiny`. A page without jQuery gets a replacement with jQuery's events.
   * Node gets a document that contains the elements of a test:
   * `document.elements.set(".shiny-submit-button", {})`.
   *
   * @returns the undo
   */
  install() {
    const page = globalThis;
    const installed = { Shiny: this.#runtime };
    if (page.jQuery === void 0) installed.jQuery = this.#ownJQuery;
    if (page.document === void 0) installed.document = createDocument();
    const before = Object.entries(installed).map(([name, value]) => {
      const descriptor = Object.getOwnPropertyDescriptor(page, name);
      Object.defineProperty(page, name, { value, writable: true, configurable: true });
      return [name, value, descriptor];
    });
    return () => {
      for (const [name, value, descriptor] of before) {
        if (page[name] !== value) continue;
        if (descriptor) Object.defineProperty(page, name, descriptor);
        else delete page[name];
      }
    };
  }
  /**
   * Initializes Shiny, as a loaded page does: adds `setInputValue` and `shinyapp`, and binds the page's
   * outputs. {@link InMemoryShiny.connect} calls this method, if necessary.
   */
  async initialize() {
    const runtime = this.#runtime;
    if (runtime.shinyapp) return;
    const app = new InMemoryApp({
      createSocket: () => this.#createSocket(),
      trigger: (type, properties, el) => this.#trigger(type, properties, el),
      customMessage: (messages) => this.#deliver(messages),
      sessionInitialized: () => {
        for (const resolve of this.#begun.splice(0)) resolve();
      },
      onError: (error) => this.#report(error)
    });
    runtime.shinyapp = app;
    const submitButton = globalThis.document?.querySelector(".shiny-submit-button") ?? null;
    const inputs = new Inputs(
      app,
      (type, properties) => this.#trigger(type, properties),
      submitButton !== null
    );
    this.#inputs = inputs;
    submitButton?.addEventListener?.("click", () => inputs.submit());
    runtime.setInputValue = (name, value, options) => inputs.set(name, value, options);
    runtime.onInputChange = runtime.setInputValue;
    runtime.forgetLastInputValue = (name) => inputs.forget(name);
    runtime.bindAll = (scope = globalThis.document?.documentElement) => this.#bindAll(app, scope);
    runtime.unbindAll = (scope = globalThis.document?.documentElement, includeSelf = false) => this.#unbindAll(app, scope, includeSelf);
    await runtime.bindAll();
  }
  /**
   * Starts the first session, or a new one after the last session has ended.
   *
   * @returns the server's end of the session, when the browser is connected and the server function has run
   * @throws (rejects) when a session is already open
   */
  async connect() {
    await this.initialize();
    const { shinyapp } = this.#runtime;
    if (!shinyapp) throw new Error("Shiny is not initialized");
    const begun = new Promise((resolve) => this.#begun.push(resolve));
    if (shinyapp.$initialInput) {
      shinyapp.reconnect();
    } else {
      const initial = this.#initialInputs();
      this.#inputs?.reset(initial);
      shinyapp.connect(initial);
    }
    await begun;
    await this.idle();
    if (!this.#session) throw new Error("the session ended immediately after its start");
    return this.#session;
  }
  /** Ends the session, as a network failure does. {@link InMemoryShiny.connect} starts the next one. */
  disconnect() {
    this.#session?.close();
  }
  /** Sends the deferred inputs, as the submit button does. */
  submit() {
    this.#inputs?.submit();
  }
  /**
   * Waits until both sides have handled all messages. Shiny's task queue is empty then, the server is idle,
   * and a turn of the event loop adds no work. Loads, timers and animation frames of widgets are not awaited;
   * wait for their result instead.
   *
   * @throws (rejects) with the errors of handlers and callbacks since the last call, without an `onError`
   */
  async idle() {
    for (let quietTurns = 0; quietTurns < 2; ) {
      await turn();
      quietTurns = this.#isIdle() ? quietTurns + 1 : 0;
    }
    const [error, ...more] = this.#errors.splice(0);
    if (error) throw more.length > 0 ? new AggregateError([error, ...more], error.message) : error;
  }
  #isIdle() {
    const { shinyapp } = this.#runtime;
    const queueIsIdle = !shinyapp?.$socket || shinyapp.taskQueue.isIdle;
    return !this.#opening && queueIsIdle && (this.#session?.isIdle ?? true);
  }
  #createSocket() {
    this.#sessions += 1;
    const number = this.#sessions;
    const queued = [];
    let session;
    const socket = {
      readyState: 0,
      binaryType: "arraybuffer",
      onopen: () => void 0,
      onmessage: () => void 0,
      onclose: () => void 0,
      send: (text) => session?.receive(text)
    };
    this.#opening = true;
    queueMicrotask(() => {
      this.#opening = false;
      session = new ServerSession({
        ...this.#options,
        number,
        send: (data) => {
          if (socket.readyState === 1) socket.onmessage({ data });
          else queued.push(data);
        },
        hangUp: () => {
          socket.readyState = 3;
          if (this.#session === session) this.#session = void 0;
          socket.onclose({ code: 1e3 });
        },
        onError: (error) => this.#report(error)
      });
      this.#session = session;
      socket.readyState = 1;
      socket.onopen();
      for (const data of queued.splice(0)) socket.onmessage({ data });
    });
    return socket;
  }
  /** Registers a handler. Shiny throws strings here; this method throws errors with the same text. */
  #addHandler(type, handler) {
    this.#handlers.delete(type);
    if (typeof handler !== "function") throw new TypeError("handler must be a function.");
    if (handler.length !== 1) {
      throw new TypeError("handler must be a function that takes one argument.");
    }
    this.#handlers.set(type, handler);
  }
  /** Calls and awaits the handlers in order. Messages without a handler are dropped. */
  async #deliver(messages) {
    for (const [type, handler] of [...this.#handlers]) {
      if (Object.hasOwn(messages, type)) await handler(messages[type]);
    }
  }
  #initialInputs() {
    const hidden = [...this.#bound.keys()].map(
      (el) => [`.clientdata_output_${el.id}_hidden`, el.offsetParent === null]
    );
    return Object.fromEntries(hidden);
  }
  async #bindAll(app, scope) {
    if (!globalThis.document?.documentElement) return;
    const $scope = this.#jQuery()(scope);
    for (const { binding } of this.#runtime.outputBindings.getBindings()) {
      for (const el of matches(binding, $scope)) {
        const { id } = el;
        if (!id || !el.isConnected || el.classList.contains(BOUND_CLASS)) continue;
        const output = bound(el, binding);
        this.#bound.set(el, output);
        await app.bindOutput(id, output);
        el.classList.add(BOUND_CLASS);
        if (!el.hasAttribute("aria-live")) el.setAttribute("aria-live", "polite");
        if (app.isRecalculating(id)) output.showProgress(true);
        this.#trigger("shiny:bound", { binding, bindingType: "output" }, el);
      }
    }
  }
  #unbindAll(app, given, includeSelf) {
    const scope = asElement(given);
    if (!scope) return;
    for (const [el, output] of this.#bound) {
      if (!scope.contains(el) || el === scope && !includeSelf) continue;
      this.#bound.delete(el);
      app.unbindOutput(el.id, output);
      el.classList.remove(BOUND_CLASS);
      this.#trigger("shiny:unbound", { binding: output.binding, bindingType: "output" }, el);
    }
  }
  #jQuery() {
    const { jQuery } = globalThis;
    return jQuery ?? this.#ownJQuery;
  }
  #trigger(type, properties = {}, el) {
    const $ = this.#jQuery();
    const event = $.Event(type, properties);
    const target = el ?? globalThis.document;
    if (target) $(target).trigger(event);
    return event;
  }
  #report(thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { onError } = this.#options;
    if (onError) onError(error);
    else this.#errors.push(error);
  }
};
async function loadClient(url) {
  const script = document.createElement("script");
  script.src = url;
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`cannot load the client from ${url}`)));
    document.head.append(script);
  });
}
var { setTimeout: startTimer } = globalThis;
function turn() {
  return new Promise((resolve) => startTimer(resolve, 0));
}
function asElement(scope) {
  const [first] = isObject(scope) ? [scope[0]] : [];
  const element = first ?? scope;
  return isElement(element) ? element : void 0;
}
function isElement(value) {
  return isObject(value) && typeof value.contains === "function";
}
export {
  InMemoryShiny,
  createShiny,
  loadClient
};
