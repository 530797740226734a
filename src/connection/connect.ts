/** `connect`: packages and pages call it to send and receive comm messages. */
import type { Comm, CommTarget, OpenOptions } from "../comm/comm.js";
import { CommError } from "../comm/errors.js";
import { type ShinyPort, shinyRuntime } from "../shiny/runtime.js";
import { PageConnection, pageConnection } from "./page-connection.js";
import type { SharedConnection } from "./shared-page.js";

/** The options of {@link connect}. */
export interface ConnectOptions {
  /**
   * A runtime instead of the page's `Shiny`, for tests. All calls with the same runtime share one connection.
   */
  runtime?: ShinyPort;
}

/** A handle on the page's connection to Shiny. */
export interface Connection {
  /**
   * Registers the target that is called when the server opens a comm for `target_name`. The target that was
   * registered last wins. An open without a target waits ten seconds for one.
   *
   * @returns the undo; open comms stay open
   */
  register_target(target_name: string, target: CommTarget): () => void;
  /**
   * Opens a comm from the browser, if the session's server supports that. Waits for the first session.
   *
   * @throws {CommError} `OPEN_NOT_SUPPORTED` when the server does not support it
   * @throws {CommError} `NOT_CONNECTED` when the session has ended, or this connection is closed
   * @throws {CommError} `ENCODE` when the message cannot be encoded
   */
  openComm(target_name: string, options?: OpenOptions): Promise<Comm>;
  /** Returns the open comm with this id, opened by either side. */
  get_comm(comm_id: string): Comm | undefined;
  /** Returns the ids of all open comms of the page, including the comms of widgets. */
  commIds(): string[];
  /**
   * Removes the targets that this object registered, and closes the comms that were opened by it or for its
   * targets. A second call does nothing.
   */
  close(): void;
}

/**
 * Joins the page's one connection to Shiny; the first caller makes the connection. Shiny may be on the page already,
 * or load later: no message of its first session is lost.
 *
 * @example
 * ```ts
 * import { connect } from "shiny-comm";
 *
 * const connection = connect();
 * connection.register_target("my.chart", (comm, message) => {
 *   comm.on_msg(({ content, buffers }) => draw(content.data, buffers));
 *   comm.send({ size: message.content.data.size }, { buffers: [Float64Array.of(1, 2)] });
 * });
 * ```
 */
export function connect(options: ConnectOptions = {}): Connection {
  const shared = options.runtime ? connectionTo(options.runtime) : pageConnection();
  const leave = shared.join();
  const undos = new Set<() => void>();
  const comms = new WeakSet<Comm>();
  let isClosed = false;
  const assertOpen = (action: string): void => {
    if (isClosed)
      throw new CommError("NOT_CONNECTED", `cannot ${action}: this connection is closed`);
  };

  return {
    register_target(target_name, target) {
      assertOpen(`register the target ${JSON.stringify(target_name)}`);
      const undo = shared.register_target(target_name, (comm, message) => {
        comms.add(comm);
        return target(comm, message);
      });
      // The target may have closed this connection when it got an early open.
      if (isClosed) undo();
      else undos.add(undo);
      return () => {
        undos.delete(undo);
        undo();
      };
    },
    async openComm(target_name, openOptions) {
      const action = `open a comm for ${JSON.stringify(target_name)}`;
      assertOpen(action);
      const comm = await shared.openComm(target_name, openOptions);
      comms.add(comm);
      if (isClosed) comm.close();
      assertOpen(action);
      return comm;
    },
    get_comm: (comm_id) => (isClosed ? undefined : shared.get_comm(comm_id)),
    commIds: () => (isClosed ? [] : shared.commIds()),
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const undo of undos) undo();
      undos.clear();
      for (const comm_id of shared.commIds()) {
        const comm = shared.get_comm(comm_id);
        if (comm && comms.has(comm)) comm.close();
      }
      leave();
    },
  };
}

/** The connections over runtimes that tests pass. */
const connections = new WeakMap<ShinyPort, SharedConnection>();

function connectionTo(runtime: ShinyPort): SharedConnection {
  if (runtime === shinyRuntime()) return pageConnection();
  let connection = connections.get(runtime);
  if (!connection) {
    connection = new PageConnection({
      runtime: () => runtime,
      whenRuntime: (callback) => {
        callback(runtime);
        return () => undefined;
      },
      onEnd: () => void connections.delete(runtime),
    });
    connections.set(runtime, connection);
  }
  return connection;
}
