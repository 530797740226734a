/** All comms of a page: targets, routing by comm id, and each comm's order. */
import { type Callbacks, type CommChannel, type OpenOptions, ShinyComm } from "./comm.js";
import { type OnError } from "./errors.js";
import { type CommMessage, type CommOpenMessage, type MessageKind, type OutgoingMessage } from "./messages.js";
import type { CommManagerState, CommTap } from "./tap.js";
/** Called when the server opens a comm; what it returns is awaited before the first message. */
export type TargetCallback = (comm: ShinyComm, message: CommOpenMessage) => unknown;
/** Takes encoded messages to the server. */
export interface Transport {
    /**
     * @param text an encoded message
     * @param callbacks `iopub.status` is told `idle` when the server has dealt with the message
     * @returns an id of the message's own; without a session to take it, that is reported and the
     *   message dropped
     */
    send(message: OutgoingMessage, text: string, callbacks: Callbacks | undefined): string;
    /** Takes an open. Whoever has it sent knows that the server takes opens. */
    open?(message: OutgoingMessage, text: string): void;
    /** Takes a close, if the server does; all that was sent on the comm goes before it. */
    close?(message: OutgoingMessage, text: () => string): void;
    /** A message for this comm arrived; it may be the answer to one that was sent. */
    received?(message: CommMessage): void;
    /** The comm is gone; nothing more is owed to it. */
    forget?(comm_id: string): void;
}
export interface CommManagerOptions {
    transport: Transport;
    onError?: OnError;
    /** How long a message may wait for the open of its comm, in ms. */
    openWaitMs?: number;
}
/**
 * Opens comms by target name, and routes messages and closes by comm id.
 *
 * One comm's messages are delivered strictly in order, each after what the callback returned for
 * the one before has settled; comms never wait for one another.
 */
export declare class ShinyCommManager implements CommChannel {
    #private;
    readonly onError: OnError;
    /** Whoever watches. */
    tap: CommTap | undefined;
    constructor({ transport, onError, openWaitMs }: CommManagerOptions);
    /** Sends by another transport from now on. */
    setTransport(transport: Transport): void;
    /**
     * Registers what is called when the server opens a comm for `target_name`. Of several, it is the
     * one that was registered last and not undone. It gets the opens that wait for it already, too.
     *
     * @returns the undo
     */
    register_target(target_name: string, callback: TargetCallback): () => void;
    unregister_target(target_name: string): void;
    /**
     * Opens a comm from this side. Whoever does knows that the server takes it.
     *
     * @throws {CommError} `ENCODE` when the open cannot be written
     */
    openComm(target_name: string, options?: OpenOptions): ShinyComm;
    /**
     * Adds a comm, so that messages for its id reach it.
     *
     * @returns the comm's id
     * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
     */
    register_comm(comm: ShinyComm): string;
    /** Forgets a comm. What waits for it is dropped. */
    unregister_comm(comm: ShinyComm): void;
    get_comm(comm_id: string): ShinyComm | undefined;
    /** The ids of the open comms. */
    commIds(): string[];
    inspect(): CommManagerState;
    /** Takes a message as a Shiny custom-message handler gets it. Never throws. */
    receive(kind: MessageKind, payload: unknown): void;
    /**
     * Closes every comm as if the server had, and forgets what waits. What a close sets off in others
     * (a tab that loses a page selects another) is not sent: nobody is there who would know of it,
     * and Shiny ends a new session to which anything is sent before its first message.
     */
    closeAll(): void;
    send(message: OutgoingMessage, callbacks: Callbacks | undefined): string;
    closed(comm: ShinyComm, farewell?: OutgoingMessage): void;
}
