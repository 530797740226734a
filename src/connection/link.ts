/** A connection to Shiny that many may use: keeps what they ask for until its comms are there. */
import type { Comm, JupyterCommTarget, OpenOptions } from "../comm/comm.js";
import type { PageComms, PageConnection } from "./shared-page.js";

interface HeldTarget {
  readonly name: string;
  readonly target: JupyterCommTarget;
  undo?: (() => void) | undefined;
}

export class PageLink implements PageConnection {
  readonly revision = 1;
  readonly #onEnd: () => void;
  readonly #targets = new Set<HeldTarget>();
  readonly #ready: Promise<PageComms>;
  #isReady: (comms: PageComms) => void = () => undefined;
  #users = 0;
  #offered: (() => PageComms) | undefined;
  #takesOffers = false;
  comms: PageComms | undefined;

  /** @param onEnd called when the last user has left; the comms have been stopped then */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
  }

  /** Gives the connection its comms. */
  serve(comms: PageComms): void {
    this.comms = comms;
    for (const held of this.#targets) {
      held.undo = comms.manager.register_target(held.name, held.target);
    }
    this.#targets.clear();
    this.#isReady(comms);
  }

  offer(make: () => PageComms): void {
    this.#offered ??= make;
    this.#takeOffer();
  }

  /** The comms that were to come cannot be had: those that are or will be offered serve instead. */
  takeOffers(): Promise<PageComms> {
    this.#takesOffers = true;
    this.#takeOffer();
    return this.#ready;
  }

  #takeOffer(): void {
    if (!this.comms && this.#takesOffers && this.#offered) this.serve(this.#offered());
  }

  join(): () => void {
    let joined = true;
    this.#users += 1;
    return () => {
      if (!joined) return;
      joined = false;
      this.#users -= 1;
      if (this.#users > 0) return;
      this.comms?.stop();
      this.#onEnd();
    };
  }

  register_target(name: string, target: JupyterCommTarget): () => void {
    if (this.comms) return this.comms.manager.register_target(name, target);
    const held: HeldTarget = { name, target };
    this.#targets.add(held);
    return () => {
      this.#targets.delete(held);
      held.undo?.();
    };
  }

  async openComm(target_name: string, options?: OpenOptions): Promise<Comm> {
    const comms = this.comms ?? (await this.#ready);
    return comms.openComm(target_name, options);
  }

  get_comm(comm_id: string): Comm | undefined {
    return this.comms?.manager.get_comm(comm_id);
  }

  commIds(): string[] {
    return this.comms?.manager.commIds() ?? [];
  }
}
