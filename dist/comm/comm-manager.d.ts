import { type CommChannel, type OpenOptions, ShinyComm } from "./comm.js";
import { type OnError } from "./errors.js";
import type { CommMessage, CommOpenMessage, MessageKind, OutgoingMessage } from "./messages.js";
import type { CommManagerState, CommTap } from "./tap.js";
/** Called when the server opens a comm; the first message waits until the returned promise settles. */
export type TargetCallback = (comm: ShinyComm, message: CommOpenMessage) => unknown;
/** The way of encoded messages to the server. */
export interface Transport {
    /**
     * Sends a message. Without a session, the transport reports that and drops the message.
     *
     * @param text the encoded message
     * @param onIdle called once, when the server has processed the message
     * @returns the id of the message
     */
    send(message: OutgoingMessage, text: string, onIdle: (() => void) | undefined): string;
    /** Sends a `comm_open`. Callers must check first that the server supports it. */
    open?(message: OutgoingMessage, text: string): void;
    /** Sends a `comm_close` after all messages of the comm, if the server supports it. */
    close?(message: OutgoingMessage, text: () => string): void;
    /** Called with each message for an open comm, which may answer a sent message. */
    received?(message: CommMessage): void;
    /** Called when a comm was closed: no more answers are expected for it. */
    forget?(comm_id: string): void;
}
/** Options of {@link ShinyCommManager}. */
export interface CommManagerOptions {
    transport: Transport;
    /** Receives each error once; by default, errors go to the console. */
    onError?: OnError;
    /** How long a message waits for the open of its comm, and an open for its target, in ms. */
    openWaitMs?: number;
    /**
     * The targets that a script may register at any time, each with the advice of the error that reports
     * its absence. Opens for them wait until the end of the session.
     */
    expectedTargets?: ReadonlyMap<string, string>;
}
/**
 * Opens comms by target name, and routes messages and closes by comm id.
 *
 * The messages of a comm are delivered in order: each waits until the promise that the listener
 * returned for the previous one has settled. Comms never wait for one another.
 */
export declare class ShinyCommManager implements CommChannel {
    #private;
    readonly onError: OnError;
    /** The observer of all messages; set while the inspector is open. */
    tap: CommTap | undefined;
    constructor({ transport, onError, openWaitMs, expectedTargets, }: CommManagerOptions);
    /** Replaces the transport. */
    setTransport(transport: Transport): void;
    /**
     * Registers the callback for comms that the server opens for `target_name`. The newest of several
     * callbacks is called. A new callback receives the opens that wait for the target, too.
     *
     * @returns the undo
     */
    register_target(target_name: string, callback: TargetCallback): () => void;
    /** Removes all callbacks of a target. */
    unregister_target(target_name: string): void;
    /**
     * Opens a comm from the browser. Callers must check first that the server supports it.
     *
     * @throws {CommError} `ENCODE` when the open cannot be encoded
     * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
     */
    openComm(target_name: string, { data, comm_id, metadata, buffers }?: OpenOptions): ShinyComm;
    /**
     * Adds a comm, so that it receives the messages for its id.
     *
     * @returns the comm's id
     * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
     */
    register_comm(comm: ShinyComm): string;
    /** Removes a comm, and drops its waiting messages. */
    unregister_comm(comm: ShinyComm): void;
    /** Returns the open comm with this id. */
    get_comm(comm_id: string): ShinyComm | undefined;
    /** Returns the ids of the open comms. */
    commIds(): string[];
    /** Returns the current state, read-only, for the inspector. */
    inspect(): CommManagerState;
    /** Receives a message, or a batch, in the form of a Shiny custom-message handler. Never throws. */
    receive(kind: MessageKind, payload: unknown): void;
    /**
     * Closes every comm as if the server had, and drops all waiting messages. Messages sent by close
     * handlers are dropped: the old session has ended, and Shiny ends a new session that receives a
     * message before its `init`.
     */
    closeAll(): void;
    send(message: OutgoingMessage, onIdle: (() => void) | undefined): string;
    listening(comm: ShinyComm): void;
    closed(comm: ShinyComm, farewell?: OutgoingMessage): void;
}
