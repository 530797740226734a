/** A widget's state on the server, kept in step with the browser's model as ipywidgets does. */
import { bytesOf } from "../comm/buffers.js";
import { type JsonObject, WIDGET_TARGETS } from "../comm/messages.js";
import { Inbox, type WaitOptions } from "./inbox.js";
import { pythonJson } from "./python-json.js";
import type { ServerCommManager } from "./server-comm.js";
import { ServerComm, type ServerMessage } from "./server-comm.js";
import { type Binary, isBinary, putBuffers, removeBuffers } from "./state-buffers.js";

/** The version of the widget protocol that ipywidgets 8 speaks. */
const PROTOCOL_VERSION = "2.1.0";

/** What makes a {@link ServerWidget}. */
export interface ServerWidgetOptions {
  /** The manager of the session's comms. */
  commManager: ServerCommManager;
  /** All traits that are in step with the browser; binary values may be anywhere in it. */
  state: JsonObject;
  /** The comm's id as well, of 32 hex digits on a real server. */
  model_id?: string | undefined;
  /** Whether updates of the browser are answered by an echo, all or by trait; by default all are. */
  echo?: boolean | ((trait: string) => boolean) | undefined;
  /** htmltools dependencies that the open brings; {@link amdDependency} makes one. */
  htmlDeps?: readonly unknown[] | undefined;
}

/** A custom message of the model (`model.send(content, callbacks, buffers)`). */
export interface CustomMessage {
  /** Anything that JSON has. */
  readonly content: unknown;
  /** Each view owns its `ArrayBuffer` and starts at offset 0. */
  readonly buffers: DataView[];
}

/** Called with the names of the traits that an update of the browser has changed. */
export type ChangeCallback = (traits: readonly string[]) => unknown;
/** Called with each custom message of the model. */
export type CustomCallback = (content: unknown, buffers: DataView[]) => unknown;

/**
 * A widget as Python has it, without Python: a state, its comm, and the protocol between.
 *
 * As ipywidgets does, an update of the browser is echoed before anything else, a value that is set
 * to what the browser has just sent is not sent back, and traits that the state did not begin with
 * are ignored.
 */
export class ServerWidget {
  /** What its messages go through. */
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
   * @throws as the open of {@link ServerComm} does
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

  /** What outputs and other widgets name it by. */
  get model_id(): string {
    return this.comm.comm_id;
  }

  /** What another widget's state has in the place of this one. */
  get reference(): string {
    return `IPY_MODEL_${this.model_id}`;
  }

  /** The state as it is now; binary values that came from the browser are `DataView`s. */
  get state(): Readonly<JsonObject> {
    return this.#state;
  }

  /** The value of one trait. */
  get(trait: string): unknown {
    return this.#state[trait];
  }

  /**
   * Sets traits, and sends those that this changes in one update, as within ipywidgets' `hold_sync`.
   *
   * @throws {RangeError} for a trait that the state did not begin with
   * @throws {CommError} `NOT_CONNECTED` when the session has ended
   */
  set(values: JsonObject): void {
    const changed: JsonObject = {};
    for (const [trait, value] of Object.entries(values)) {
      if (!Object.hasOwn(this.#state, trait)) {
        throw new RangeError(`widget ${this.model_id} has no trait ${JSON.stringify(trait)}`);
      }
      // What the browser has just sent is in the state already, and so is not sent back.
      if (!sameValue(this.#state[trait], value)) changed[trait] = value;
      this.#state[trait] = value;
    }
    this.#changed();
    if (Object.keys(changed).length === 0) return;
    this.#sendState("update", changed);
  }

  /** Sends a custom message, which models hear of as `msg:custom`. */
  send(content: unknown, buffers: readonly Binary[] = []): void {
    this.comm.send({ method: "custom", content }, undefined, buffers);
  }

  /** Calls back with what the browser has changed, when the state has it. @returns the undo */
  onChange(callback: ChangeCallback): () => void {
    this.#changeCallbacks.add(callback);
    return () => void this.#changeCallbacks.delete(callback);
  }

  /** Calls back with each custom message of the browser. @returns the undo */
  onMessage(callback: CustomCallback): () => void {
    this.#customCallbacks.add(callback);
    return () => void this.#customCallbacks.delete(callback);
  }

  /**
   * The next custom message of the browser that no call has been given yet, in order.
   *
   * @throws (rejects) when none comes in time, or the widget is closed, or its session ends, first
   */
  nextMessage(options?: WaitOptions): Promise<CustomMessage> {
    return this.#customs.next(options);
  }

  /**
   * Waits until the state is as it should be, which it may be already.
   *
   * @returns the state
   * @throws (rejects) when it is not in time, or the widget is closed, or its session ends, first
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

  /** Closes the widget, and its views in the browser. */
  close(): void {
    this.comm.close();
    this.#gone("it is closed");
  }

  /** Nobody is left waiting. */
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

/** Whether two values are the same on the wire. */
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
