/** The members of the Shiny runtime (`window.Shiny`) that this package uses, as interfaces: tests pass their own runtime. */

export interface ShinyErrorValue {
  message: string;
  call?: unknown;
  type?: string | string[] | null;
}

/** The members of Shiny's `OutputBinding` that a binding inherits or overrides. */
export interface ShinyOutputBinding {
  find(scope: unknown): unknown;
  renderValue(el: HTMLElement, value: unknown): unknown;
  renderError(el: HTMLElement, error: ShinyErrorValue): void;
  clearError(el: HTMLElement): void;
}

export interface ShinyBindingRegistry {
  /** The registered bindings by name. */
  readonly bindingNames?: object;
  register(binding: ShinyOutputBinding, name: string, priority?: number): void;
}

/** The socket of a session: a `WebSocket`, or a replacement that a hosting service provides. */
export interface ShinySocket {
  /** The state of the socket; 1 while open. */
  readonly readyState?: number;
  /** `arraybuffer` in a WebSocket, after Shiny has set it. */
  readonly binaryType?: string;
  /** Shiny's listener for frames. */
  onmessage?: ((event: MessageEvent) => unknown) | null;
}

/** Shiny's session object. It exists after Shiny has initialized. */
export interface ShinyApp {
  /** Whether a session exists; read if `$socket` is missing. */
  isConnected?(): boolean;
  /** The socket; `null` after the session has ended. */
  $socket?: ShinySocket | null;
  /** Sends inputs without throttling, debouncing or waiting for a submit button. */
  sendInput(values: Record<string, unknown>): void;
  /** The last values sent, by input name. */
  $inputValues?: Record<string, unknown>;
  /** The inputs that the `init` message carries. */
  $initialInput?: Record<string, unknown> | null;
  /** The queue in which Shiny handles frames one by one. */
  taskQueue?: { enqueue(task: () => unknown): unknown };
}

/** The members of the runtime that comms use. */
export interface ShinyPort {
  /** Registers the handler for a message type. Shiny rejects handlers that do not declare exactly one parameter. */
  addCustomMessageHandler(type: string, handler: (payload: unknown) => void): void;
  /** Sets an input. Missing before Shiny has initialized. */
  setInputValue?(name: string, value: unknown, options?: { priority: "event" }): void;
  /** The session object. Missing before Shiny has initialized. */
  shinyapp?: ShinyApp | undefined;
}

/** The members of the runtime that outputs and comms use. */
export interface ShinyRuntime extends ShinyPort {
  readonly version?: string;
  /** Whether Shiny runs in development mode. Missing in Shiny before 1.8. */
  inDevMode?(): boolean;
  OutputBinding: new () => ShinyOutputBinding;
  outputBindings: ShinyBindingRegistry;
  bindAll?(scope: HTMLElement): unknown;
  renderDependenciesAsync?(dependencies: readonly unknown[]): Promise<void>;
  renderDependencies?(dependencies: readonly unknown[]): void;
}

/** The members of jQuery that this package uses: Shiny emits its events through jQuery. */
export interface PageJQuery {
  (
    target: unknown,
  ): {
    find(selector: string): unknown;
    on(event: string, handler: (event: ShinyEvent) => void): unknown;
    off(event: string, handler: (event: ShinyEvent) => void): unknown;
  };
  /** Returns jQuery's undocumented store for an element, which has its listeners. */
  _data?(target: unknown): { events?: ListenersByEvent };
}

type ListenersByEvent = Record<string, readonly { readonly handler: object }[] | undefined>;

/** `WebSocket.CONNECTING` and `WebSocket.OPEN`, as a socket's `readyState`. */
export const CONNECTING = 0;
export const OPEN = 1;

/** An event of Shiny. A `shiny:message` event carries the frame. */
export interface ShinyEvent {
  message?: Record<string, unknown>;
}

/** Returns the runtime of this page, or `undefined` before Shiny has loaded. */
export function shinyRuntime(): ShinyRuntime | undefined {
  const { Shiny } = globalThis as { Shiny?: ShinyRuntime };
  return typeof Shiny?.addCustomMessageHandler === "function" ? Shiny : undefined;
}

/**
 * Calls back as soon as the page has a runtime: immediately, or when Shiny's script has run, which is
 * before the first session.
 *
 * @returns the undo
 */
export function whenShiny(callback: (shiny: ShinyRuntime) => void): () => void {
  const page = globalThis.document;
  const undo = (): void => {
    page?.removeEventListener("DOMContentLoaded", look);
    page?.removeEventListener("load", look, true);
  };
  const look = (): void => {
    const shiny = shinyRuntime();
    if (!shiny) return;
    undo();
    callback(shiny);
  };
  // The `load` event of a script does not bubble to the document, but the document can capture it.
  page?.addEventListener("load", look, true);
  page?.addEventListener("DOMContentLoaded", look);
  look();
  return undo;
}

/** Resolves when Shiny has handled all messages that its queue holds now. */
export function shinyQueueDrained(): Promise<void> {
  // Shiny before 1.8 has no queue.
  const queue = shinyRuntime()?.shinyapp?.taskQueue;
  return new Promise((resolve) => {
    if (queue) queue.enqueue(resolve);
    else resolve();
  });
}

/** Returns the page's jQuery, which Shiny always loads. */
export function pageJQuery(): PageJQuery | undefined {
  return (globalThis as { jQuery?: PageJQuery }).jQuery;
}
