/** A Shiny without a server: the runtime (`window.Shiny`) and its sessions. */
import type { JsonObject } from "../comm/messages.js";
import type { ShinyPort, ShinyRuntime } from "../shiny/runtime.js";
import { isObject } from "../util/object.js";
import { Dependencies } from "./dependencies.js";
import { type InputOptions, Inputs } from "./inputs.js";
import {
  BindingRegistry,
  BOUND_CLASS,
  type BoundOutput,
  bound,
  matches,
  OutputBinding,
} from "./outputs.js";
import { createDocument, createJQuery, type EventJQuery, type PageEvent } from "./page.js";
import { type ServerOptions, ServerSession } from "./server-session.js";
import { InMemoryApp, type InMemorySocket } from "./shiny-app.js";

/** Options of {@link createShiny}. */
export interface ShinyOptions extends ServerOptions {
  /**
   * Receives the errors of message handlers and of callbacks on the server. By default, the next
   * {@link InMemoryShiny.idle} rejects with them.
   */
  onError?: (error: Error) => void;
}

type Handler = (payload: unknown) => unknown;

/** The runtime of the page, with the members that tests call. Optional members exist once Shiny is initialized. */
export interface InMemoryRuntime extends ShinyPort {
  /** Resolves when the first session has started. */
  readonly initializedPromise: Promise<void>;
  /** Sets an input. */
  setInputValue?(
    name: string,
    value: unknown,
    options?: { priority?: "deferred" | "immediate" | "event" },
  ): void;
  /** Makes the runtime send an unchanged value again. */
  forgetLastInputValue?(name: string): void;
  /** Binds the outputs in a scope, an element or a jQuery object. */
  bindAll?(scope?: unknown): Promise<void>;
  /** Unbinds the outputs in a scope. */
  unbindAll?(scope?: unknown, includeSelf?: boolean): void;
}

/** The whole runtime, for clients. */
export interface FullRuntime extends InMemoryRuntime, ShinyRuntime {
  readonly outputBindings: BindingRegistry;
  setInputValue?(name: string, value: unknown, options?: InputOptions): void;
  /** The old name of `setInputValue`. */
  onInputChange?(name: string, value: unknown, options?: InputOptions): void;
  shinyapp?: InMemoryApp | undefined;
  bindAll?(scope?: unknown): Promise<void>;
}

/**
 * Creates a Shiny without a server.
 *
 * @example
 * ```ts
 * import { connect } from "shiny-comm";
 * import { createShiny, ServerComm } from "shiny-comm/testing";
 *
 * const shiny = createShiny();
 * connect({ runtime: shiny.runtime }).register_target("echo", (comm) => {
 *   comm.on_msg(({ content }) => comm.send({ echo: content.data.text }));
 * });
 * const session = await shiny.connect();
 * const comm = new ServerComm({ comm_id: "c1", target_name: "echo", commManager: session.comms });
 * comm.send({ text: "hello" });
 * const answer = await comm.nextMessage();
 * console.log(answer.content.data.echo); // hello
 * ```
 */
export function createShiny(options: ShinyOptions = {}): InMemoryShiny {
  return new InMemoryShiny(options);
}

/** A Shiny without a server; {@link createShiny} creates it. */
export class InMemoryShiny {
  readonly #runtime: FullRuntime;
  readonly #options: ShinyOptions;
  readonly #handlers = new Map<string, Handler>();
  readonly #ownJQuery = createJQuery();
  readonly #bound = new Map<HTMLElement, BoundOutput>();
  readonly #errors: Error[] = [];
  readonly #dependencies = new Dependencies();
  readonly #begun: (() => void)[] = [];
  #session: ServerSession | undefined;
  #sessions = 0;
  #opening = false;
  #inputs: Inputs | undefined;

  constructor(options: ShinyOptions = {}) {
    this.#options = options;
    const initializedPromise = new Promise<void>((resolve) => this.#begun.push(resolve));
    this.#runtime = {
      addCustomMessageHandler: (type, handler) => this.#addHandler(type, handler),
      OutputBinding,
      outputBindings: new BindingRegistry(),
      renderDependenciesAsync: (dependencies) => this.#dependencies.render(dependencies),
      initializedPromise,
    };
  }

  /** The runtime, which is `window.Shiny` on a page. */
  get runtime(): InMemoryRuntime {
    return this.#runtime;
  }

  /** The open session. */
  get session(): ServerSession | undefined {
    return this.#session;
  }

  /**
   * Sets this Shiny as `globalThis.Shiny`. A page without jQuery gets a replacement with jQuery's events.
   * Node gets a document that contains the elements of a test:
   * `document.elements.set(".shiny-submit-button", {})`.
   *
   * @returns the undo
   */
  install(): () => void {
    const page = globalThis as Record<string, unknown>;
    const installed: Record<string, unknown> = { Shiny: this.#runtime };
    if (page.jQuery === undefined) installed.jQuery = this.#ownJQuery;
    if (page.document === undefined) installed.document = createDocument();
    const before = Object.entries(installed).map(([name, value]) => {
      const descriptor = Object.getOwnPropertyDescriptor(page, name);
      Object.defineProperty(page, name, { value, writable: true, configurable: true });
      return [name, value, descriptor] as const;
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
  async initialize(): Promise<void> {
    const runtime = this.#runtime;
    if (runtime.shinyapp) return;
    const app = new InMemoryApp({
      createSocket: () => this.#createSocket(),
      trigger: (type, properties, el) => this.#trigger(type, properties, el),
      customMessage: (messages) => this.#deliver(messages),
      sessionInitialized: () => {
        for (const resolve of this.#begun.splice(0)) resolve();
      },
      onError: (error) => this.#report(error),
    });
    runtime.shinyapp = app;
    const submitButton = globalThis.document?.querySelector(".shiny-submit-button") ?? null;
    const inputs = new Inputs(
      app,
      (type, properties) => this.#trigger(type, properties),
      submitButton !== null,
    );
    this.#inputs = inputs;
    submitButton?.addEventListener?.("click", () => inputs.submit());
    runtime.setInputValue = (name, value, options) => inputs.set(name, value, options);
    runtime.onInputChange = runtime.setInputValue;
    runtime.forgetLastInputValue = (name) => inputs.forget(name);
    runtime.bindAll = (scope = globalThis.document?.documentElement) => this.#bindAll(app, scope);
    runtime.unbindAll = (scope = globalThis.document?.documentElement, includeSelf = false) =>
      this.#unbindAll(app, scope, includeSelf);
    await runtime.bindAll();
  }

  /**
   * Starts the first session, or a new one after the last session has ended.
   *
   * @returns the server's end of the session, when the browser is connected and the server function has run
   * @throws (rejects) when a session is already open
   */
  async connect(): Promise<ServerSession> {
    await this.initialize();
    const { shinyapp } = this.#runtime;
    if (!shinyapp) throw new Error("Shiny is not initialized");
    const begun = new Promise<void>((resolve) => this.#begun.push(resolve));
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
  disconnect(): void {
    this.#session?.close();
  }

  /** Sends the deferred inputs, as the submit button does. */
  submit(): void {
    this.#inputs?.submit();
  }

  /**
   * Waits until both sides have handled all messages. Shiny's task queue is empty then, the server is idle,
   * and a turn of the event loop adds no work. Loads, timers and animation frames of widgets are not awaited;
   * wait for their result instead.
   *
   * @throws (rejects) with the errors of handlers and callbacks since the last call, without an `onError`
   */
  async idle(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 2; ) {
      await turn();
      quietTurns = this.#isIdle() ? quietTurns + 1 : 0;
    }
    const [error, ...more] = this.#errors.splice(0);
    if (error) throw more.length > 0 ? new AggregateError([error, ...more], error.message) : error;
  }

  #isIdle(): boolean {
    const { shinyapp } = this.#runtime;
    const queueIsIdle = !shinyapp?.$socket || shinyapp.taskQueue.isIdle;
    return !this.#opening && queueIsIdle && (this.#session?.isIdle ?? true);
  }

  #createSocket(): InMemorySocket {
    this.#sessions += 1;
    const number = this.#sessions;
    const queued: (string | ArrayBuffer)[] = [];
    let session: ServerSession | undefined;
    const socket: InMemorySocket = {
      readyState: 0,
      binaryType: "arraybuffer",
      onopen: () => undefined,
      onmessage: () => undefined,
      onclose: () => undefined,
      send: (text) => session?.receive(text),
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
          if (this.#session === session) this.#session = undefined;
          socket.onclose({ code: 1000 });
        },
        onError: (error) => this.#report(error),
      });
      this.#session = session;
      socket.readyState = 1;
      socket.onopen();
      for (const data of queued.splice(0)) socket.onmessage({ data });
    });
    return socket;
  }

  /** Registers a handler. Shiny throws strings here; this method throws errors with the same text. */
  #addHandler(type: string, handler: Handler): void {
    this.#handlers.delete(type);
    if (typeof handler !== "function") throw new TypeError("handler must be a function.");
    if (handler.length !== 1) {
      throw new TypeError("handler must be a function that takes one argument.");
    }
    this.#handlers.set(type, handler);
  }

  /** Calls and awaits the handlers in order. Messages without a handler are dropped. */
  async #deliver(messages: JsonObject): Promise<void> {
    for (const [type, handler] of [...this.#handlers]) {
      if (Object.hasOwn(messages, type)) await handler(messages[type]);
    }
  }

  #initialInputs(): JsonObject {
    const hidden = [...this.#bound.keys()].map(
      (el) => [`.clientdata_output_${el.id}_hidden`, el.offsetParent === null] as const,
    );
    return Object.fromEntries(hidden);
  }

  async #bindAll(app: InMemoryApp, scope: unknown): Promise<void> {
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

  #unbindAll(app: InMemoryApp, given: unknown, includeSelf: boolean): void {
    const scope = asElement(given);
    if (!scope) return;
    for (const [el, output] of this.#bound) {
      if (!scope.contains(el) || (el === scope && !includeSelf)) continue;
      this.#bound.delete(el);
      app.unbindOutput(el.id, output);
      el.classList.remove(BOUND_CLASS);
      this.#trigger("shiny:unbound", { binding: output.binding, bindingType: "output" }, el);
    }
  }

  #jQuery(): EventJQuery {
    const { jQuery } = globalThis as { jQuery?: EventJQuery };
    return jQuery ?? this.#ownJQuery;
  }

  #trigger(type: string, properties: object = {}, el?: HTMLElement): PageEvent {
    const $ = this.#jQuery();
    const event = $.Event(type, properties);
    // Without `install()`, Node has no document.
    const target: unknown = el ?? globalThis.document;
    if (target) $(target).trigger(event);
    return event;
  }

  #report(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { onError } = this.#options;
    if (onError) onError(error);
    else this.#errors.push(error);
  }
}

/**
 * Adds the script tag of the client to the page.
 *
 * @example
 * ```ts
 * import { anywidgetState, createShiny, loadClient } from "shiny-comm/testing";
 *
 * const shiny = createShiny();
 * shiny.install();
 * await loadClient("/node_modules/shiny-comm/dist/shiny-comm.js");
 * const session = await shiny.connect();
 * const esm = "export default { render({ el }) { el.textContent = 'drawn'; } }";
 * session.output("plot", session.open(anywidgetState({ esm })));
 * await shiny.idle();
 * ```
 * @param url the address of `dist/shiny-comm.js`, next to its chunks and fonts
 * @throws (rejects) when the script cannot be loaded
 */
export async function loadClient(url: string): Promise<void> {
  const script = document.createElement("script");
  script.src = url;
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`cannot load the client from ${url}`)));
    document.head.append(script);
  });
}

// Tests with fake timers wait in real time.
const { setTimeout: startTimer } = globalThis;

/** Waits for a turn of the event loop: all microtasks have run, and posted messages have arrived. */
function turn(): Promise<void> {
  return new Promise((resolve) => startTimer(resolve, 0));
}

/** Returns an element, which jQuery may wrap. */
function asElement(scope: unknown): HTMLElement | undefined {
  const [first] = isObject(scope) ? [scope[0]] : [];
  const element = first ?? scope;
  return isElement(element) ? element : undefined;
}

function isElement(value: unknown): value is HTMLElement {
  return isObject(value) && typeof value.contains === "function";
}
