import { type JsonObject } from "../comm/messages.js";
import { type WaitOptions } from "./inbox.js";
import { type Binary } from "./state-buffers.js";
/** What a comm asks of its session; {@link ServerSession} has it. */
export interface CommSession {
    /** Nothing can be sent any more. */
    readonly ended: boolean;
    /** The version of binary frames in which messages with buffers go: 0 when they go as text. */
    readonly frameVersion: number;
    /** Calls back once, before the values of the next flush are sent. @returns the undo */
    onFlush(callback: () => void): () => void;
    /** Calls back once, after the values of the next flush have been sent. @returns the undo */
    onFlushed(callback: () => void): () => void;
    /** Calls back when the session ends. @returns the undo */
    onEnded(callback: () => void): () => void;
    /** Sends a custom message at once. */
    sendCustomMessage(type: string, message: unknown): void;
    /** Sends bytes to the handler of custom messages with this name, and buffers after it, at once. */
    sendBinaryMessage(type: string, payload: ArrayBuffer, detachedBuffers?: readonly ArrayBuffer[]): void;
}
/** A message from the browser, as a comm's callbacks get it. */
export interface ServerMessage {
    /** Whom it is for, and what it says. */
    readonly content: {
        readonly comm_id: string;
        /** Of the open of a comm that the browser opens. */
        readonly target_name?: string;
        readonly data: JsonObject;
    };
    /** `{}` as a rule. */
    readonly metadata: JsonObject;
    /** Each view owns its `ArrayBuffer` and starts at offset 0. */
    readonly buffers: DataView[];
    /** `{}` as a rule. */
    readonly header: JsonObject;
}
/** What is returned is awaited before the session takes the browser's next message. */
export type ServerCallback = (message: ServerMessage) => unknown;
/** What goes with a message. */
export interface MessageParts {
    /** By default `{}`. */
    data?: unknown;
    /** By default `{}`. */
    metadata?: JsonObject | undefined;
    /** Sent beside the data, as bytes. */
    buffers?: readonly Binary[] | undefined;
}
/** What goes with an open. */
export interface OpenParts extends MessageParts {
    /** What else the open's content bears, such as `html_deps`. */
    keys?: JsonObject | undefined;
}
/** What makes a {@link ServerComm}. */
export interface ServerCommOptions extends OpenParts {
    /** 32 hex digits on a real server. */
    comm_id: string;
    /** Where it is registered while it is open. */
    commManager: ServerCommManager;
    /** Whom the browser is to open it for. */
    target_name: string;
    /** By default the manager's. */
    session?: CommSession | undefined;
    /** `false`: nothing is sent before `open()`. */
    open?: boolean;
}
/**
 * The server's end of a comm. It does what shinywidgets' Python class does, in the same order, and
 * the payloads that it sends are the same to the byte (see {@link pythonJson} for the numbers that
 * JavaScript cannot tell apart).
 *
 * Opens are sent when the session flushes, before the values of outputs; messages and closes after
 * them. What is sent is written at once: later changes of the data or of a buffer's bytes do no harm.
 */
export declare class ServerComm {
    #private;
    /** The same at both ends. */
    readonly comm_id: string;
    /** Whom it is opened for. */
    readonly target_name: string;
    /** Where it is registered while it is open. */
    readonly commManager: ServerCommManager;
    /** Whose browser the other end is in. */
    readonly session: CommSession | undefined;
    /**
     * Opens the comm, unless `open` is `false`.
     *
     * @throws as {@link ServerComm.open} does
     */
    constructor({ comm_id, commManager, target_name, session, open, ...parts }: ServerCommOptions);
    /** By either side, with the session, or because it was never opened. */
    get closed(): boolean;
    /**
     * Registers the comm and has the browser open its end. When that fails, the comm is not registered.
     *
     * @throws {CommError} `NOT_CONNECTED` without a session, or when it has ended
     * @throws {TypeError} when a buffer is not binary, or its bytes are gone
     * @throws {CommError} `ENCODE` when the data cannot be written as JSON
     */
    open({ keys, ...parts }?: OpenParts): void;
    /** Registers the comm as the other end of one that the browser has opened: nothing is sent. */
    accept(): void;
    /**
     * Sends a message. As in Python, a comm that is closed sends all the same; the browser reports a
     * message for a comm that it does not know.
     *
     * @throws as {@link ServerComm.open} does
     */
    send(data?: unknown, metadata?: JsonObject, buffers?: readonly Binary[]): void;
    /**
     * Closes both ends and unregisters this one. A second close does nothing. Without a session, or
     * when it has ended, nothing is sent, and that is no error.
     *
     * @throws {TypeError} when a buffer is not binary, or its bytes are gone
     * @throws {CommError} `ENCODE` when the data cannot be written as JSON
     */
    close(data?: unknown, metadata?: JsonObject, buffers?: readonly Binary[]): void;
    /** Sets the callback for messages; `undefined` unsets it. */
    on_msg(callback: ServerCallback | undefined): void;
    /** Sets the callback for the browser's close; `undefined` unsets it. */
    on_close(callback: ServerCallback | undefined): void;
    /** Delivers a message, to the callback and to {@link ServerComm.nextMessage}. */
    handle_msg(message: ServerMessage): unknown;
    /** Delivers the browser's close; afterwards the comm is closed and not registered. */
    handle_close(message: ServerMessage): unknown;
    /**
     * The next message of the browser that no call has been given yet, in order; those that are there
     * already count.
     *
     * @throws (rejects) when none comes in time, or the comm is closed first
     */
    nextMessage(options?: WaitOptions): Promise<ServerMessage>;
}
/** Called when the browser opens a comm; what it returns is awaited. */
export type ServerTargetCallback = (comm: ServerComm, message: ServerMessage) => unknown;
/**
 * Comms by id. Shinywidgets has one for all sessions of a process; here each session has its own, and
 * further ones can be made.
 */
export declare class ServerCommManager {
    #private;
    /** The session of comms that are given none. */
    readonly session: CommSession | undefined;
    constructor(session?: CommSession);
    /** The open comms, by id. */
    get comms(): ReadonlyMap<string, ServerComm>;
    /** Adds a comm; one with the same id loses its place, as in Python. @returns its id */
    register_comm(comm: ServerComm): string;
    /** Forgets a comm. One that has lost its place to another, or was never there, does no harm. */
    unregister_comm(comm: ServerComm): ServerComm;
    /** The open comm with this id. */
    get_comm(comm_id: string): ServerComm | undefined;
    /** Registers what is called when the browser opens a comm for `target_name`. @returns the undo */
    register_target(target_name: string, callback: ServerTargetCallback): () => void;
    /** Opens for this target are answered with a close again. */
    unregister_target(target_name: string): void;
    /** What was registered last for this target. */
    getTarget(target_name: string): ServerTargetCallback | undefined;
}
