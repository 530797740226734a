import { type JsonObject } from "../comm/messages.js";
import { type WaitOptions } from "./inbox.js";
import type { ServerCommManager } from "./server-comm.js";
import { ServerComm } from "./server-comm.js";
import { type Binary } from "./state-buffers.js";
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
export declare class ServerWidget {
    #private;
    /** The comm of the widget. */
    readonly comm: ServerComm;
    /**
     * Opens the widget's comm.
     *
     * @throws the errors of {@link ServerComm.open}
     */
    constructor({ commManager, state, model_id, echo, htmlDeps, }: ServerWidgetOptions);
    /** The id of the model, by which outputs and other widgets reference it. */
    get model_id(): string;
    /** The reference to this widget in another widget's state. */
    get reference(): string;
    /** The current state; binary values from the browser are `DataView`s. */
    get state(): Readonly<JsonObject>;
    /** Returns the value of a trait. */
    get(trait: string): unknown;
    /**
     * Sets traits, and sends the changed traits in one update, like ipywidgets' `hold_sync`.
     *
     * @throws {RangeError} for a trait that the initial state does not have
     * @throws {CommError} `NOT_CONNECTED` when the session has ended
     */
    set(values: JsonObject): void;
    /** Sends a custom message, for which models emit `msg:custom`. */
    send(content: unknown, buffers?: readonly Binary[]): void;
    /** Calls back after each change from the browser. @returns the undo */
    onChange(callback: ChangeCallback): () => void;
    /** Calls back with each custom message from the browser. @returns the undo */
    onMessage(callback: CustomCallback): () => void;
    /**
     * Returns the next custom message from the browser. Each message is returned once, in order.
     *
     * @throws (rejects) after the timeout, or when the widget is closed or its session ends first
     */
    nextMessage(options?: WaitOptions): Promise<CustomMessage>;
    /**
     * Waits until the state meets a condition.
     *
     * @returns the state
     * @throws (rejects) after the timeout, or when the widget is closed or its session ends first
     */
    until(condition: (state: Readonly<JsonObject>) => boolean, options?: WaitOptions): Promise<Readonly<JsonObject>>;
    /** Closes the widget and its views in the browser. */
    close(): void;
}
