/** The comms of one connection to Shiny: their manager, the way to the server, and the sessions' beginnings. */
import type { Comm, OpenOptions } from "../comm/comm.js";
import { ShinyCommManager } from "../comm/comm-manager.js";
import type { OnError } from "../comm/errors.js";
import { Outbox } from "../shiny/input-sender.js";
import type { ShinyPort } from "../shiny/runtime.js";
import { ServerSupport } from "../shiny/server-support.js";
import { PlainTransport } from "./direct-transport.js";
import type {
  MessageSink,
  Outlet,
  PacedTransport,
  PageComms,
  SessionListener,
} from "./shared-page.js";

export interface ShinyCommsOptions {
  /** Read anew each time: the session comes after the runtime, and may go. */
  runtime: () => ShinyPort | undefined;
  onError: OnError;
}

export class ShinyComms implements PageComms {
  readonly revision = 1;
  readonly manager: ShinyCommManager;
  readonly sink: MessageSink;
  readonly #server = new ServerSupport();
  readonly #listeners = new Set<SessionListener>();
  readonly #outbox: Outbox;
  readonly #undos: (() => void)[];

  constructor({ runtime, onError }: ShinyCommsOptions) {
    const server = this.#server;
    this.#outbox = new Outbox({ runtime, onError, takesCloses: () => server.takesOpens });
    this.#undos = [this.#outbox.listen()];
    this.manager = new ShinyCommManager({ transport: new PlainTransport(this.#outbox), onError });
    this.sink = {
      message: (kind, payload) => this.manager.receive(kind, payload),
      server: (announcement) => server.announced(announcement),
      sessionBegins: () => this.#sessionBegins(),
      sessionEnds: () => server.sessionEnds(),
    };
  }

  async openComm(target_name: string, options?: OpenOptions): Promise<Comm> {
    await this.#server.opens(target_name);
    return this.manager.openComm(target_name, options);
  }

  onSession(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  pace<T extends PacedTransport>(make: (outlet: Outlet) => T): T {
    const transport = make(this.#outbox);
    this.#undos.push(transport.listen());
    this.manager.setTransport(transport);
    return transport;
  }

  stop(): void {
    for (const undo of this.#undos) undo();
    this.#server.sessionEnds();
    this.manager.closeAll();
  }

  #sessionBegins(): void {
    this.#server.sessionBegins();
    for (const listener of this.#listeners) listener.ending();
    // It knows none of the old one's comms.
    this.manager.closeAll();
    for (const listener of this.#listeners) listener.ended();
  }
}
