import { type JsonObject } from "../comm/messages.js";
import { type WaitOptions } from "./inbox.js";
import type { ServerCommManager } from "./server-comm.js";
import { ServerComm } from "./server-comm.js";
import { type Binary } from "./state-buffers.js";
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
export declare class ServerWidget {
    #private;
    /** What its messages go through. */
    readonly comm: ServerComm;
    /**
     * Opens the widget's comm.
     *
     * @throws as the open of {@link ServerComm} does
     */
    constructor({ commManager, state, model_id, echo, htmlDeps, }: ServerWidgetOptions);
    /** What outputs and other widgets name it by. */
    get model_id(): string;
    /** What another widget's state has in the place of this one. */
    get reference(): string;
    /** The state as it is now; binary values that came from the browser are `DataView`s. */
    get state(): Readonly<JsonObject>;
    /** The value of one trait. */
    get(trait: string): unknown;
    /**
     * Sets traits, and sends those that this changes in one update, as within ipywidgets' `hold_sync`.
     *
     * @throws {RangeError} for a trait that the state did not begin with
     * @throws {CommError} `NOT_CONNECTED` when the session has ended
     */
    set(values: JsonObject): void;
    /** Sends a custom message, which models hear of as `msg:custom`. */
    send(content: unknown, buffers?: readonly Binary[]): void;
    /** Calls back with what the browser has changed, when the state has it. @returns the undo */
    onChange(callback: ChangeCallback): () => void;
    /** Calls back with each custom message of the browser. @returns the undo */
    onMessage(callback: CustomCallback): () => void;
    /**
     * The next custom message of the browser that no call has been given yet, in order.
     *
     * @throws (rejects) when none comes in time, or the widget is closed, or its session ends, first
     */
    nextMessage(options?: WaitOptions): Promise<CustomMessage>;
    /**
     * Waits until the state is as it should be, which it may be already.
     *
     * @returns the state
     * @throws (rejects) when it is not in time, or the widget is closed, or its session ends, first
     */
    until(condition: (state: Readonly<JsonObject>) => boolean, options?: WaitOptions): Promise<Readonly<JsonObject>>;
    /** Closes the widget, and its views in the browser. */
    close(): void;
}
