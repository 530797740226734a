/** `connect`: what packages and pages call to send and receive comm messages of their own. */
import type { Comm, CommTarget, OpenOptions } from "../comm/comm.js";
import { type ShinyPort } from "../shiny/runtime.js";
/** How to connect. */
export interface ConnectOptions {
    /**
     * A runtime in the place of the page's `Shiny`, for tests: then the connection is one of its own,
     * which those share that pass the same runtime.
     */
    runtime?: ShinyPort;
}
/** A user's hold on the page's connection to Shiny. */
export interface Connection {
    /**
     * Registers what is called when the server opens a comm for `target_name`. Of several for one name,
     * it is the one that was registered last and not undone. An open for which there is none waits ten
     * seconds for it.
     *
     * @returns the undo; comms that are open stay open
     */
    register_target(target_name: string, target: CommTarget): () => void;
    /**
     * Opens a comm from the browser, where the session's server supports that. Before the session has
     * begun, that is waited for.
     *
     * @throws {CommError} `OPEN_NOT_SUPPORTED` when the server does not
     * @throws {CommError} `NOT_CONNECTED` when the session is over, or this connection is closed
     * @throws {CommError} `ENCODE` when the message cannot be written
     */
    openComm(target_name: string, options?: OpenOptions): Promise<Comm>;
    /** The open comm with this id, whoever opened it. */
    get_comm(comm_id: string): Comm | undefined;
    /** The ids of all open comms of the page, those of widgets included. */
    commIds(): string[];
    /**
     * Takes back the targets that were registered by this object, and closes the comms that it opened
     * or that were opened for them. A second close does nothing.
     */
    close(): void;
}
/**
 * Joins the page's one connection to Shiny, and makes it when there is none. Shiny may be on the page
 * already, or come later: what its first session sends is not missed.
 */
export declare function connect(options?: ConnectOptions): Connection;
