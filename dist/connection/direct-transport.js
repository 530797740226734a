// src/connection/direct-transport.ts
import { CLOSE_INPUT, OPEN_INPUT } from "../comm/messages.js";
import { newId } from "../util/id.js";
var DirectTransport = class {
  constructor({ sender, session }) {
    this.sender = sender;
    this.session = session;
  }
  send({ comm_id }, text, _onIdle) {
    this.sender.send(comm_id, text);
    return newId();
  }
  open({ comm_id }, text) {
    this.sender.send(comm_id, text, OPEN_INPUT);
  }
  close({ comm_id }, text) {
    if (this.session.supportsOpens) this.sender.send(comm_id, text(), CLOSE_INPUT);
  }
};
export {
  DirectTransport
};
