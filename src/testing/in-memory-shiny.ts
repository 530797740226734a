/** A Shiny without a server: the runtime that a page has as `window.Shiny`, and the sessions behind it. */
import type { JsonObject } from "../comm/messages.js";
import type { ShinyPort, ShinyRuntime } from "../shiny/runtime.js";
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

/** What {@link createShiny} takes. */
export interface ShinyOptions extends ServerOptions {
  /**
   * Takes what a handler of Shiny's messages or a callback on the server throws. By default it is
   * kept, and the next {@link InMemoryShiny.idle} rejects with it.
   */
  onError?: (error: Error) => void;
}

type Handler = (payload: unknown) => unknown;

/** The runtime as a page has it, with what Shiny adds when it is initialised: as much as tests call. */
export interface InMemoryRuntime extends ShinyPort {
  /** Resolves when the first session has begun. */
  readonly initializedPromise: Promise<void>;
  /** Sets an input. There once Shiny is initialised, as all that follows. */
  setInputValue?(
    name: string,
    value: unknown,
    options?: { priority?: "deferred" | "immediate" | "event" },
  ): void;
  /** Has an equal value sent again. */
  forgetLastInputValue?(name: string): void;
  /** Binds the outputs in a scope, an element or a jQuery object. */
  bindAll?(scope?: unknown): Promise<void>;
  /** The opposite. */
  unbindAll?(scope?: unknown, includeSelf?: boolean): void;
}

/** All of it, for clients. */
export interface FullRuntime extends InMemoryRuntime, ShinyRuntime {
  readonly outputBindings: BindingRegistry;
  setInputValue?(name: string, value: unknown, options?: InputOptions): void;
  /** The old name of `setInputValue`. */
  onInputChange?(name: string, value: unknown, options?: InputOptions): void;
  shinyapp?: InMemoryApp | undefined;
  bindAll?(scope?: unknown): Promise<void>;
}

/**
 * Makes a Shiny without a server.
 *
 * ```ts
 * const shiny = createShiny();
 * const uninstall = shiny.install();
 * await loadClient("/node_modules/shiny-comm/dist/shiny-comm.js");
 * const session = await shiny.connect();
 * session.output("plot", session.open(anywidgetState({ esm }, { value: 1 })));
 * await shiny.idle();
 * ```
 */
export function createShiny(options: ShinyOptions = {}): InMemoryShiny {
  return new InMemoryShiny(options);
}

/** What {@link createShiny} makes. */
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

  /** What is `window.Shiny` on a page. */
  get runtime(): InMemoryRuntime {
    return this.#runtime;
  }

  /** The session that is open. */
  get session(): ServerSession | undefined {
    return this.#session;
  }

  /**
   * Makes this Shiny the page's (`globalThis.Shiny`). Where there is no jQuery, its events stand in for
   * it; where there is no document (Node), one with hardly an element: what a test puts into its
   * `elements` is there (`document.elements.set(".shiny-submit-button", {})`).
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
   * What Shiny does once the page is there: from now on there are `setInputValue` and `shinyapp`, and
   * the page's outputs are bound. {@link InMemoryShiny.connect} does it when it has not been done.
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
   * Begins a session: the first, or a new one after the last has ended.
   *
   * @returns the server's end of it, when the browser knows of it and the server function has run
   * @throws (rejects) when a session is open
   */
  async connect(): Promise<ServerSession> {
    await this.initialize();
    const { shinyapp } = this.#runtime;
    if (!shinyapp) throw new Error("Shiny has not been initialised");
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
    if (!this.#session) throw new Error("the session ended as soon as it had begun");
    return this.#session;
  }

  /** Ends the session, as a network does that is cut. {@link InMemoryShiny.connect} begins the next. */
  disconnect(): void {
    this.#session?.close();
  }

  /** Presses the submit button: sends the inputs that it holds back. */
  submit(): void {
    this.#inputs?.submit();
  }

  /**
   * Waits until everything that was sent has come and been handled, on both sides: no frame waits in
   * Shiny's task queue, nothing is worked on at the server, and nothing new came of it in a turn of
   * the event loop. What a widget does in its own time (loads, timers, frames of an animation) cannot
   * be seen from here; wait for what it should come to.
   *
   * @throws (rejects) with what a handler or a callback has thrown since the last time, unless there is an
   *   `onError`
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

  /** Shiny throws texts here; these are errors with the same words. */
  #addHandler(type: string, handler: Handler): void {
    this.#handlers.delete(type);
    if (typeof handler !== "function") throw new TypeError("handler must be a function.");
    if (handler.length !== 1) {
      throw new TypeError("handler must be a function that takes one argument.");
    }
    this.#handlers.set(type, handler);
  }

  /** In the order of the handlers, each awaited. What has no handler is dropped. */
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
    // Without `install()` there may be no document to listen on.
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
 * Puts the script tag of the client on the page.
 *
 * @param url of `dist/shiny-comm.js`; its chunks and fonts are to be beside it
 * @throws (rejects) when it cannot be loaded
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

// Tests with fake timers wait all the same.
const { setTimeout: startTimer } = globalThis;

/** A turn of the event loop: all microtasks have run, and messages to this page have come. */
function turn(): Promise<void> {
  return new Promise((resolve) => startTimer(resolve, 0));
}

/** An element, given as such or wrapped by jQuery. */
function asElement(scope: unknown): HTMLElement | undefined {
  const element = (scope as { 0?: unknown } | undefined)?.[0] ?? scope;
  return typeof (element as Partial<HTMLElement> | undefined)?.contains === "function"
    ? (element as HTMLElement)
    : undefined;
}
