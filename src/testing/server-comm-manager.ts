/** The server's table of comms, and the targets of those that the browser opens. */
import type { CommSession, ServerComm, ServerMessage } from "./server-comm.js";

/** Called when the browser opens a comm; what it returns is awaited. */
export type ServerTargetCallback = (comm: ServerComm, message: ServerMessage) => unknown;

/**
 * Comms by id. Shinywidgets has one for all sessions of a process; here each session has its own, and
 * further ones can be made.
 */
export class ServerCommManager {
  readonly #comms = new Map<string, ServerComm>();
  readonly #targets = new Map<string, ServerTargetCallback>();
  /** The session of comms that are given none. */
  readonly session: CommSession | undefined;

  constructor(session?: CommSession) {
    this.session = session;
  }

  /** The open comms, by id. */
  get comms(): ReadonlyMap<string, ServerComm> {
    return this.#comms;
  }

  /** Adds a comm; one with the same id loses its place, as in Python. @returns its id */
  register_comm(comm: ServerComm): string {
    this.#comms.set(comm.comm_id, comm);
    return comm.comm_id;
  }

  /** Forgets a comm. One that has lost its place to another, or was never there, does no harm. */
  unregister_comm(comm: ServerComm): ServerComm {
    if (this.#comms.get(comm.comm_id) === comm) this.#comms.delete(comm.comm_id);
    return comm;
  }

  /** The open comm with this id. */
  get_comm(comm_id: string): ServerComm | undefined {
    return this.#comms.get(comm_id);
  }

  /** Registers what is called when the browser opens a comm for `target_name`. @returns the undo */
  register_target(target_name: string, callback: ServerTargetCallback): () => void {
    this.#targets.set(target_name, callback);
    return () => {
      if (this.#targets.get(target_name) === callback) this.#targets.delete(target_name);
    };
  }

  /** Opens for this target are answered with a close again. */
  unregister_target(target_name: string): void {
    this.#targets.delete(target_name);
  }

  /** What was registered last for this target. */
  getTarget(target_name: string): ServerTargetCallback | undefined {
    return this.#targets.get(target_name);
  }
}
