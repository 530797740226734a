/** The server's table of comms, and the targets of those that the browser opens. */
import type { CommSession, ServerComm, ServerMessage } from "./server-comm.js";
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
