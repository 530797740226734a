// src/connection/direct-transport.ts
import { CLOSE_INPUT, OPEN_INPUT } from "../comm/messages.js";
import { newId } from "../util/id.js";
var PlainTransport = class {
  #outlet;
  constructor(outlet) {
    this.#outlet = outlet;
  }
  send({ comm_id }, text) {
    this.#outlet.put(comm_id, text);
    return newId();
  }
  open({ comm_id }, text) {
    this.#outlet.put(comm_id, text, OPEN_INPUT);
  }
  close({ comm_id }, text) {
    if (this.#outlet.takesCloses()) this.#outlet.put(comm_id, text(), CLOSE_INPUT);
  }
};
export {
  PlainTransport
};
