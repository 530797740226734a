// src/connection/link.ts
var PageLink = class {
  /** @param onEnd called when the last user has left; the comms have been stopped then */
  constructor(onEnd) {
    this.revision = 1;
    this.#targets = /* @__PURE__ */ new Set();
    this.#isReady = () => void 0;
    this.#users = 0;
    this.#takesOffers = false;
    this.#onEnd = onEnd;
    this.#ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
  }
  #onEnd;
  #targets;
  #ready;
  #isReady;
  #users;
  #offered;
  #takesOffers;
  /** Gives the connection its comms. */
  serve(comms) {
    this.comms = comms;
    for (const held of this.#targets) {
      held.undo = comms.manager.register_target(held.name, held.target);
    }
    this.#targets.clear();
    this.#isReady(comms);
  }
  offer(make) {
    this.#offered ??= make;
    this.#takeOffer();
  }
  /** The comms that were to come cannot be had: those that are or will be offered serve instead. */
  takeOffers() {
    this.#takesOffers = true;
    this.#takeOffer();
    return this.#ready;
  }
  #takeOffer() {
    if (!this.comms && this.#takesOffers && this.#offered) this.serve(this.#offered());
  }
  join() {
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
  register_target(name, target) {
    if (this.comms) return this.comms.manager.register_target(name, target);
    const held = { name, target };
    this.#targets.add(held);
    return () => {
      this.#targets.delete(held);
      held.undo?.();
    };
  }
  async openComm(target_name, options) {
    const comms = this.comms ?? await this.#ready;
    return comms.openComm(target_name, options);
  }
  get_comm(comm_id) {
    return this.comms?.manager.get_comm(comm_id);
  }
  commIds() {
    return this.comms?.manager.commIds() ?? [];
  }
};
export {
  PageLink
};
