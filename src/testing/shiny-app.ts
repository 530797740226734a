/** Shiny's `shinyapp`: the socket of the session, the frames that come, the inputs that go, the outputs. */
import type { JsonObject } from "../comm/messages.js";
import type { ShinyApp, ShinyErrorValue } from "../shiny/runtime.js";
import type { BoundOutput } from "./outputs.js";
import type { PageEvent } from "./page.js";
import { TaskQueue } from "./task-queue.js";

/** The browser's end of the wire, with the members of a `WebSocket` that Shiny uses. */
export interface InMemorySocket {
  /** The state: 0 connecting, 1 open, 3 closed. */
  readyState: number;
  readonly binaryType: "arraybuffer";
  onopen: () => void;
  onmessage: (event: Pick<MessageEvent, "data">) => void;
  onclose: (event: { code: number }) => void;
  send(text: string): void;
}

export interface AppWiring {
  createSocket(): InMemorySocket;
  /** Triggers an event on an element, or on the document. */
  trigger(type: string, properties?: object, el?: HTMLElement): PageEvent;
  customMessage(messages: JsonObject): Promise<void>;
  sessionInitialized(): void;
  onError(error: unknown): void;
}

/** A frame from the server; all members are optional. */
interface ServerFrame {
  readonly values?: JsonObject;
  readonly errors?: Record<string, ShinyErrorValue>;
  readonly custom?: JsonObject;
  readonly config?: { readonly workerId: unknown; readonly sessionId: unknown };
  readonly busy?: unknown;
  readonly recalculating?: { readonly name: string; readonly status: string };
}

const BUSY_CLASS = "shiny-busy";
const OVERLAY_ID = "shiny-disconnected-overlay";

/** The part of `shinyapp` that clients use, with the behavior of Shiny 1.14. */
export class InMemoryApp implements ShinyApp {
  readonly taskQueue: TaskQueue;
  readonly $inputValues: JsonObject = {};
  readonly $bindings: Record<string, BoundOutput> = {};
  readonly $values: JsonObject = {};
  readonly $errors: Record<string, ShinyErrorValue> = {};
  $initialInput: JsonObject | null = null;
  $socket: InMemorySocket | null = null;
  config: { workerId: unknown; sessionId: unknown } | null = null;
  readonly #wiring: AppWiring;
  readonly #pending: string[] = [];

  constructor(wiring: AppWiring) {
    this.#wiring = wiring;
    this.taskQueue = new TaskQueue((error) => wiring.onError(error));
  }

  connect(initialInput: JsonObject): void {
    if (this.$socket) throw new Error("Connect was already called on this application object");
    this.$socket = this.#createSocket();
    this.$initialInput = initialInput;
    Object.assign(this.$inputValues, initialInput);
  }

  /** Starts a new session with the inputs of the old one. */
  reconnect(): void {
    if (this.isConnected()) throw new Error("Attempted to reconnect, but already connected.");
    this.$socket = this.#createSocket();
    this.$initialInput = { ...this.$inputValues };
  }

  /** Returns whether a socket is open or connecting. */
  isConnected(): boolean {
    return this.$socket !== null;
  }

  sendInput(values: JsonObject): void {
    const text = JSON.stringify({ method: "update", data: values });
    if (this.$socket?.readyState) this.$socket.send(text);
    else this.#pending.push(text);
    Object.assign(this.$inputValues, values);
  }

  async bindOutput(id: string, output: BoundOutput): Promise<void> {
    this.$bindings[id] = output;
    if (this.$values[id] !== undefined) await output.onValueChange(this.$values[id]);
    else if (this.$errors[id] !== undefined) output.onValueError(this.$errors[id]);
  }

  unbindOutput(id: string, output: BoundOutput): boolean {
    if (this.$bindings[id] !== output) return false;
    delete this.$bindings[id];
    return true;
  }

  /** Returns whether the output never had a value or an error. */
  isRecalculating(id: string): boolean {
    return this.$values[id] === undefined && this.$errors[id] === undefined;
  }

  #createSocket(): InMemorySocket {
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
  async dispatchMessage(data: string | ArrayBuffer): Promise<void> {
    const parsed: unknown = typeof data === "string" ? JSON.parse(data) : unpack(data);
    const event = this.#wiring.trigger("shiny:message", { message: parsed });
    if (event.isDefaultPrevented()) return;
    const { values, errors, custom, config, busy, recalculating } = event.message as ServerFrame;
    // The order of Shiny's handlers.
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

  async #receiveOutput(name: string, value: unknown): Promise<void> {
    const output = this.$bindings[name];
    const same = this.$values[name] === value;
    this.$values[name] = value;
    delete this.$errors[name];
    output?.showProgress(false);
    const event = this.#wiring.trigger("shiny:value", { name, value, binding: output }, output?.el);
    if (same || event.isDefaultPrevented()) return;
    await output?.onValueChange(event.value);
  }

  #receiveError(name: string, error: ShinyErrorValue): void {
    const output = this.$bindings[name];
    this.$errors[name] = error;
    delete this.$values[name];
    output?.showProgress(false);
    const event = this.#wiring.trigger("shiny:error", { name, error, binding: output }, output?.el);
    if (!event.isDefaultPrevented()) output?.onValueError(event.error as ShinyErrorValue);
  }
}

/** Unpacks a binary frame: the length of the handler's name, the name, the payload. */
function unpack(data: ArrayBuffer): JsonObject {
  const length = new DataView(data).getUint8(0);
  const type = String.fromCharCode(...new Uint8Array(data, 1, length));
  return { custom: { [type]: data.slice(length + 1) } };
}

function element(id: string): { remove?(): void } | null | undefined {
  return globalThis.document?.getElementById(id);
}

function showOverlay(): void {
  const page = globalThis.document;
  // The document of Node cannot create elements.
  if (!page?.createElement) return;
  const overlay = page.createElement("div");
  overlay.id = OVERLAY_ID;
  page.body.append(overlay);
}
