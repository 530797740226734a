/** A widget on the server, whose state is synchronized with the browser's model, as in ipywidgets. */
import { bytesOf } from "../comm/buffers.js";
import { type JsonObject, WIDGET_TARGETS } from "../comm/messages.js";
import { Inbox, type WaitOptions } from "./inbox.js";
import { pythonJson } from "./python-json.js";
import type { ServerCommManager } from "./server-comm.js";
import { ServerComm, type ServerMessage } from "./server-comm.js";
import { type Binary, isBinary, putBuffers, removeBuffers } from "./state-buffers.js";

/** The version of the widget protocol of ipywidgets 8. */
const PROTOCOL_VERSION = "2.1.0";

/** Options of {@link ServerWidget}. */
export interface ServerWidgetOptions {
  /** The manager of the session's comms. */
  commManager: ServerCommManager;
  /** The synchronized traits, which may contain binary values at any depth. */
  state: JsonObject;
  /** The id of the model and its comm; 32 hex digits on a real server. */
  model_id?: string | undefined;
  /** Whether the server echoes updates, for all traits or by trait; `true` by default. */
  echo?: boolean | ((trait: string) => boolean) | undefined;
  /** htmltools dependencies of the open; {@link amdDependency} creates one. */
  htmlDeps?: readonly unknown[] | undefined;
}

/** A custom message of the model (`model.send(content, callbacks, buffers)`). */
export interface CustomMessage {
  /** Any JSON value. */
  readonly content: unknown;
  /** The buffers; each view owns its `ArrayBuffer` and starts at offset 0. */
  readonly buffers: DataView[];
}

/** Called with the names of the traits that an update from the browser changed. */
export type ChangeCallback = (traits: readonly string[]) => unknown;
/** Called with each custom message of the model. */
export type CustomCallback = (content: unknown, buffers: DataView[]) => unknown;

/**
 * A widget on the server: a state, a comm, and the protocol of ipywidgets. `session.open()` creates one.
 *
 * As in ipywidgets, the server echoes an update before any other message. It does not send a received value
 * back, and ignores traits that the initial state does not have.
 *
 * @example
 * ```ts
 * import { connect } from "shiny-comm";
 * import { createShiny } from "shiny-comm/testing";
 *
 * const shiny = createShiny();
 * connect({ runtime: shiny.runtime }).register_target("jupyter.widget", (comm) => {
 *   comm.send({ method: "update", state: { value: 2 }, buffer_paths: [] });
 * });
 * const session = await shiny.connect();
 * const widget = session.open({ value: 1 });
 * await widget.until(({ value }) => value === 2);
 * console.log(widget.get("value")); // 2
 * ```
 */
export class ServerWidget {
  /** The comm of the widget. */
  readonly comm: ServerComm;
  readonly #state: JsonObject;
  readonly #echo: (trait: string) => boolean;
  readonly #changeCallbacks = new Set<ChangeCallback>();
  readonly #customCallbacks = new Set<CustomCallback>();
  readonly #customs: Inbox<CustomMessage>;
  readonly #changes = new Set<Inbox<undefined>>();

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
    htmlDeps = [],
  }: ServerWidgetOptions) {
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
      keys: { html_deps: htmlDeps },
    });
    this.comm.on_msg((message) => this.#receive(message));
    this.comm.session?.onEnded(() => this.#gone("its session has ended"));
  }

  /** The id of the model, by which outputs and other widgets reference it. */
  get model_id(): string {
    return this.comm.comm_id;
  }

  /** The reference to this widget in another widget's state. */
  get reference(): string {
    return `IPY_MODEL_${this.model_id}`;
  }

  /** The current state; binary values from the browser are `DataView`s. */
  get state(): Readonly<JsonObject> {
    return this.#state;
  }

  /** Returns the value of a trait. */
  get(trait: string): unknown {
    return this.#state[trait];
  }

  /**
   * Sets traits, and sends the changed traits in one update, like ipywidgets' `hold_sync`.
   *
   * @throws {RangeError} for a trait that the initial state does not have
   * @throws {CommError} `NOT_CONNECTED` when the session has ended
   */
  set(values: JsonObject): void {
    const changed: JsonObject = {};
    for (const [trait, value] of Object.entries(values)) {
      if (!Object.hasOwn(this.#state, trait)) {
        throw new RangeError(`widget ${this.model_id} has no trait ${JSON.stringify(trait)}`);
      }
      // The state already contains a value that the browser sent, so it is not sent back.
      if (!sameValue(this.#state[trait], value)) changed[trait] = value;
      this.#state[trait] = value;
    }
    this.#changed();
    if (Object.keys(changed).length === 0) return;
    this.#sendState("update", changed);
  }

  /** Sends a custom message, for which models emit `msg:custom`. */
  send(content: unknown, buffers: readonly Binary[] = []): void {
    this.comm.send({ method: "custom", content }, undefined, buffers);
  }

  /** Calls back after each change from the browser. @returns the undo */
  onChange(callback: ChangeCallback): () => void {
    this.#changeCallbacks.add(callback);
    return () => void this.#changeCallbacks.delete(callback);
  }

  /** Calls back with each custom message from the browser. @returns the undo */
  onMessage(callback: CustomCallback): () => void {
    this.#customCallbacks.add(callback);
    return () => void this.#customCallbacks.delete(callback);
  }

  /**
   * Returns the next custom message from the browser. Each message is returned once, in order.
   *
   * @throws (rejects) after the timeout, or when the widget is closed or its session ends first
   */
  nextMessage(options?: WaitOptions): Promise<CustomMessage> {
    return this.#customs.next(options);
  }

  /**
   * Waits until the state meets a condition.
   *
   * @returns the state
   * @throws (rejects) after the timeout, or when the widget is closed or its session ends first
   */
  async until(
    condition: (state: Readonly<JsonObject>) => boolean,
    options?: WaitOptions,
  ): Promise<Readonly<JsonObject>> {
    const changes = new Inbox<undefined>(`a state of widget ${this.model_id} (${condition})`);
    this.#changes.add(changes);
    try {
      while (!condition(this.#state)) await changes.next(options);
      return this.#state;
    } finally {
      this.#changes.delete(changes);
    }
  }

  /** Closes the widget and its views in the browser. */
  close(): void {
    this.comm.close();
    this.#gone("the widget is closed");
  }

  /** Rejects all waiting callers. */
  #gone(why: string): void {
    for (const inbox of [this.#customs, ...this.#changes]) inbox.close(why);
  }

  async #receive({ content, buffers }: ServerMessage): Promise<void> {
    const { method, state = {}, buffer_paths = [], content: custom } = content.data as UpdateData;
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

  async #update(sent: JsonObject): Promise<void> {
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

  #changed(): void {
    for (const inbox of this.#changes) inbox.put(undefined);
  }

  #sendState(method: "update" | "echo_update", full: JsonObject): void {
    const { state, buffer_paths, buffers } = removeBuffers(full);
    this.comm.send({ method, state, buffer_paths }, undefined, buffers);
  }
}

interface UpdateData {
  method?: unknown;
  state?: JsonObject;
  buffer_paths?: (string | number)[][];
  content?: unknown;
}

/** Returns whether two values are equal on the wire. */
function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (isBinary(one) !== isBinary(other)) return false;
  const [a, b] = [removeBuffers({ value: one }), removeBuffers({ value: other })];
  return (
    pythonJson([a.state, a.buffer_paths]) === pythonJson([b.state, b.buffer_paths]) &&
    a.buffers.every((buffer, index) => sameBytes(buffer, b.buffers[index]))
  );
}

function sameBytes(one: Binary, other: Binary | undefined): boolean {
  if (!other) return false;
  const [a, b] = [bytesOf(one), bytesOf(other)];
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
