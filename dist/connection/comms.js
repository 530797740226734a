// src/connection/comms.ts
import { ShinyCommManager } from "../comm/comm-manager.js";
import { Outbox } from "../shiny/input-sender.js";
import { ServerSupport } from "../shiny/server-support.js";
import { PlainTransport } from "./direct-transport.js";
var ShinyComms = class {
  constructor({ runtime, onError }) {
    this.revision = 1;
    this.#server = new ServerSupport();
    this.#listeners = /* @__PURE__ */ new Set();
    const server = this.#server;
    this.#outbox = new Outbox({ runtime, onError, takesCloses: () => server.takesOpens });
    this.#undos = [this.#outbox.listen()];
    this.manager = new ShinyCommManager({ transport: new PlainTransport(this.#outbox), onError });
    this.sink = {
      message: (kind, payload) => this.manager.receive(kind, payload),
      server: (announcement) => server.announced(announcement),
      sessionBegins: () => this.#sessionBegins(),
      sessionEnds: () => server.sessionEnds()
    };
  }
  #server;
  #listeners;
  #outbox;
  #undos;
  async openComm(target_name, options) {
    await this.#server.opens(target_name);
    return this.manager.openComm(target_name, options);
  }
  onSession(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  pace(make) {
    const transport = make(this.#outbox);
    this.#undos.push(transport.listen());
    this.manager.setTransport(transport);
    return transport;
  }
  stop() {
    for (const undo of this.#undos) undo();
    this.#server.sessionEnds();
    this.manager.closeAll();
  }
  #sessionBegins() {
    this.#server.sessionBegins();
    for (const listener of this.#listeners) listener.ending();
    this.manager.closeAll();
    for (const listener of this.#listeners) listener.ended();
  }
};
export {
  ShinyComms
};
