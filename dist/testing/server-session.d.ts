import { type JsonObject } from "../comm/messages.js";
import type { OutputValue } from "../shiny/output-binding.js";
import { type WaitOptions } from "./inbox.js";
import { type CommSession, ServerCommManager } from "./server-comm.js";
import { ServerWidget, type ServerWidgetOptions } from "./server-widget.js";
/** A message that the browser's runtime sends. */
export interface ClientFrame {
    readonly method: string;
    readonly data?: JsonObject;
}
/** What the server does, the same in all its sessions. */
export interface ServerOptions {
    /** Messages with buffers travel as binary frames, when the client has said that it takes them. */
    binaryFrames?: boolean;
    /** The server announces that it takes comms which the browser opens; the stock server does not. */
    opens?: boolean;
    /** The app's server function: called with each new session, after a reconnect too. */
    onSession?: (session: ServerSession) => unknown;
}
export interface SessionWiring extends ServerOptions {
    /** Counts the sessions of a Shiny, from 1. */
    readonly number: number;
    /** Puts a frame on the wire to the browser. */
    readonly send: (frame: string | ArrayBuffer) => void;
    /** Cuts the wire. */
    readonly hangUp: () => void;
    readonly onError: (error: Error) => void;
}
/** An output's value as `session.output` takes it: a widget, what its renderer sends, or nothing. */
export type OutputContent = ServerWidget | OutputValue | null;
/**
 * One session. What is put into it in one task is flushed together, at the end of that task, in the
 * order of a real server: opens of comms, the values of outputs, messages and closes of comms.
 */
export declare class ServerSession implements CommSession {
    #private;
    /** What the browser knows as `shinyapp.config.sessionId`. */
    readonly id: string;
    /** The comms of this session. */
    readonly comms: ServerCommManager;
    /** By {@link ServerSession.close}, or because the wire was cut. */
    get ended(): boolean;
    /** The version of binary frames in which messages with buffers go: 0 when they go as text. */
    get frameVersion(): number;
    /** Neither is anything worked on, nor does anything wait to be flushed. */
    get isIdle(): boolean;
    /** The value of an input, as the browser set it last. */
    input(name: string): unknown;
    /** Calls back with each value of an input; what is returned is awaited. @returns the undo */
    onInput(name: string, callback: (value: unknown) => unknown): () => void;
    /**
     * The next value of an input that no call has been given yet; those that came since the first call
     * for this name count.
     *
     * @throws (rejects) when none comes in time, or the session ends first
     */
    nextInput(name: string, options?: WaitOptions): Promise<unknown>;
    /**
     * Opens a widget with a state; binary values in it travel as buffers.
     *
     * @throws {CommError} `NOT_CONNECTED` when the session has ended
     */
    open(state: JsonObject, options?: Omit<ServerWidgetOptions, "state" | "commManager">): ServerWidget;
    /**
     * Shows a widget in the output with this id, or hides the output (`null`), with the next flush.
     *
     * @throws {CommError} `NOT_CONNECTED` when the session has ended
     */
    output(id: string, content: OutputContent): void;
    /** Shows an error in the output with this id, with the next flush. */
    outputError(id: string, message: string): void;
    /** Sends a custom message at once; Shiny drops it when no handler has its name. */
    sendCustomMessage(type: string, message: unknown): void;
    /**
     * Sends bytes to the handler of custom messages with this name, at once.
     *
     * @param detachedBuffers sent after it, each as it is: the buffers that a binary frame leaves out
     */
    sendBinaryMessage(type: string, payload: ArrayBuffer, detachedBuffers?: readonly ArrayBuffer[]): void;
    /** Sends any frame of Shiny's protocol (`values`, `busy`, `custom`, …), at once. */
    sendFrame(frame: JsonObject): void;
    /** Calls back once, before the values of the next flush are sent. @returns the undo */
    onFlush(callback: () => void): () => void;
    /** Calls back once, after the values of the next flush have been sent. @returns the undo */
    onFlushed(callback: () => void): () => void;
    /** Calls back when the session ends. @returns the undo */
    onEnded(callback: () => void): () => void;
    /** Sends what waits, without waiting for the end of the task. */
    flush(): void;
    /** Ends the session and cuts its wire: comms are closed and unregistered, nothing more is sent. */
    close(): void;
    /** Takes a frame of the browser's runtime; one is worked on after the other. */
    receive(text: string): void;
}
