import { type JsonObject, type MessageKind } from "../comm/messages.js";
import type { OutputValue } from "../shiny/output-binding.js";
import { type WaitOptions } from "./inbox.js";
import { type CommSession, ServerCommManager } from "./server-comm.js";
import { ServerWidget, type ServerWidgetOptions } from "./server-widget.js";
/** A frame from the browser's runtime. */
export interface ClientFrame {
    readonly method: string;
    readonly data?: JsonObject;
}
/** Options of the server, for all sessions. */
export interface ServerOptions {
    /** Whether messages with buffers travel as binary frames, if the client supports them; `false` by default. */
    binaryFrames?: boolean;
    /**
     * Whether the opens of a flush travel as one binary frame, if the client supports it; `false` by default.
     * Successive messages, and successive closes, travel as one frame, too. Requires `binaryFrames`.
     */
    batches?: boolean;
    /** Whether the server supports comms opened by the browser; `false` by default, as on the stock server. */
    opens?: boolean;
    /** The app's server function, called with each new session, including sessions after a reconnect. */
    onSession?: (session: ServerSession) => unknown;
}
export interface SessionWiring extends ServerOptions {
    /** The number of the session, from 1. */
    readonly number: number;
    /** Sends a frame to the browser. */
    readonly send: (frame: string | ArrayBuffer) => void;
    /** Closes the connection. */
    readonly hangUp: () => void;
    readonly onError: (error: Error) => void;
}
/** The value of an output for `session.output`: a widget, the value that a renderer sends, or `null`. */
export type OutputContent = ServerWidget | OutputValue | null;
/**
 * The server's end of one session. A flush ends each task, and sends in the order of a real server:
 * opens of comms, values of outputs, messages and closes of comms.
 */
export declare class ServerSession implements CommSession {
    #private;
    /** The id of the session, `shinyapp.config.sessionId` in the browser. */
    readonly id: string;
    /** The comms of this session. */
    readonly comms: ServerCommManager;
    /** Whether the session has ended, by {@link ServerSession.close} or by a disconnect. */
    get ended(): boolean;
    /** The version of binary frames: 0 for text messages, and from 3 for batches. */
    get frameVersion(): number;
    /** Whether the session handles no message and has nothing to flush. */
    get isIdle(): boolean;
    /** Returns the last value of an input. */
    input(name: string): unknown;
    /** Calls back with each value of an input, and awaits the returned promise. @returns the undo */
    onInput(name: string, callback: (value: unknown) => unknown): () => void;
    /**
     * Returns the next value of an input. Each value since the first call for this name is returned once.
     *
     * @throws (rejects) after the timeout, or when the session ends first
     */
    nextInput(name: string, options?: WaitOptions): Promise<unknown>;
    /**
     * Opens a widget with a state, whose binary values travel as buffers.
     *
     * @throws {CommError} `NOT_CONNECTED` when the session has ended
     */
    open(state: JsonObject, options?: Omit<ServerWidgetOptions, "state" | "commManager">): ServerWidget;
    /**
     * Shows a widget in the output with this id, or hides the output (`null`), in the next flush.
     *
     * @throws {CommError} `NOT_CONNECTED` when the session has ended
     */
    output(id: string, content: OutputContent): void;
    /** Shows an error in the output with this id, in the next flush. */
    outputError(id: string, message: string): void;
    /** Sends a custom message immediately; Shiny drops a message without a handler. */
    sendCustomMessage(type: string, message: unknown): void;
    /**
     * Sends bytes to the message handler of this name, immediately.
     *
     * @param detachedBuffers the detached buffers of a binary frame, sent after it
     */
    sendBinaryMessage(type: string, payload: ArrayBuffer, detachedBuffers?: readonly ArrayBuffer[]): void;
    /**
     * Sends a message in a batch with the next flush.
     *
     * @param header the object of a text message, without `buffers`
     */
    sendInBatch(kind: MessageKind, header: JsonObject, buffers?: readonly Uint8Array[]): void;
    /** Sends a frame of Shiny's protocol (`values`, `busy`, `custom`, …), immediately. */
    sendFrame(frame: JsonObject): void;
    /** Calls back once, before the next flush sends its values. @returns the undo */
    onFlush(callback: () => void): () => void;
    /** Calls back once, after the next flush has sent its values. @returns the undo */
    onFlushed(callback: () => void): () => void;
    /** Calls back when the session ends. @returns the undo */
    onEnded(callback: () => void): () => void;
    /** Flushes now, instead of at the end of the task. */
    flush(): void;
    /** Ends the session and its connection: closes and unregisters all comms. */
    close(): void;
    /** Receives a frame of the browser's runtime; frames are handled one by one. */
    receive(text: string): void;
}
