/** `connect`: what packages and pages call to send and receive comm messages of their own. */
import type { Comm, CommTarget, OpenOptions } from "../comm/comm.js";
import { CommError } from "../comm/errors.js";
import { connectMessages } from "../shiny/message-handlers.js";
import { type ShinyPort, shinyRuntime, whenShiny } from "../shiny/runtime.js";
import { ShinyComms } from "./comms.js";
import { PageLink } from "./link.js";
import { reportError } from "./on-error.js";
import { type PageConnection, sharedPage } from "./shared-page.js";

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
export function connect(options: ConnectOptions = {}): Connection {
  const link = options.runtime ? linkTo(options.runtime) : pageLink();
  const leave = link.join();
  const undos = new Set<() => void>();
  const own = new WeakSet<Comm>();
  let closed = false;
  const assertOpen = (doing: string): void => {
    if (closed) throw new CommError("NOT_CONNECTED", `cannot ${doing}: this connection is closed`);
  };

  return {
    register_target(target_name, target) {
      assertOpen(`register the target ${JSON.stringify(target_name)}`);
      const undo = link.register_target(target_name, (comm, message) => {
        own.add(comm);
        return target(comm, message);
      });
      undos.add(undo);
      return () => {
        undos.delete(undo);
        undo();
      };
    },
    async openComm(target_name, openOptions) {
      const opening = `open a comm for ${JSON.stringify(target_name)}`;
      assertOpen(opening);
      const comm = await link.openComm(target_name, openOptions);
      own.add(comm);
      if (closed) comm.close();
      assertOpen(opening);
      return comm;
    },
    get_comm: (comm_id) => (closed ? undefined : link.get_comm(comm_id)),
    commIds: () => (closed ? [] : link.commIds()),
    close() {
      if (closed) return;
      closed = true;
      for (const undo of undos) undo();
      undos.clear();
      for (const comm_id of link.commIds()) {
        const comm = link.get_comm(comm_id);
        if (comm && own.has(comm)) comm.close();
      }
      leave();
    },
  };
}

/** Connections over runtimes that were passed. */
const links = new WeakMap<ShinyPort, PageConnection>();

function pageLink(): PageConnection {
  const page = sharedPage();
  page.connection ??= start(shinyRuntime, whenShiny, () => {
    page.connection = undefined;
  });
  page.connection.offer(() => new ShinyComms({ runtime: shinyRuntime, onError: reportError }));
  return page.connection;
}

function linkTo(runtime: ShinyPort): PageConnection {
  if (runtime === shinyRuntime()) return pageLink();
  let link = links.get(runtime);
  if (!link) {
    const when = (callback: (shiny: ShinyPort) => void) => {
      callback(runtime);
      return () => undefined;
    };
    link = start(
      () => runtime,
      when,
      () => links.delete(runtime),
    );
    links.set(runtime, link);
  }
  return link;
}

/** @param when calls back as soon as there is a runtime; returns the undo */
function start(
  runtime: () => ShinyPort | undefined,
  when: (callback: (shiny: ShinyPort) => void) => () => void,
  onEnd: () => void,
): PageConnection {
  const comms = new ShinyComms({ runtime, onError: reportError });
  let disconnect = (): void => undefined;
  const unwait = when((shiny) => {
    disconnect = connectMessages(shiny, comms.sink);
  });
  const link = new PageLink(() => {
    unwait();
    disconnect();
    onEnd();
  });
  link.serve(comms);
  return link;
}
