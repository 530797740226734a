// src/shiny/plain-transport.ts
import { CLOSE_INPUT, OPEN_INPUT } from "../comm/messages.js";
var PlainTransport = class {
  #outlet;
  #counter = 0;
  constructor(outlet) {
    this.#outlet = outlet;
  }
  send({ comm_id }, text) {
    this.#counter += 1;
    this.#outlet.put(comm_id, text);
    return `${comm_id}-${this.#counter}`;
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
