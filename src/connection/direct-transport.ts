/** The transport of comms without widgets: sends each message immediately. */
import type { Transport } from "../comm/comm-manager.js";
import { CLOSE_INPUT, OPEN_INPUT, type OutgoingMessage } from "../comm/messages.js";
import type { InputSender } from "../shiny/input-sender.js";
import type { Session } from "../shiny/session.js";
import { newId } from "../util/id.js";

export interface DirectTransportOptions {
  sender: InputSender;
  session: Session;
}

export class DirectTransport implements Transport {
  protected readonly sender: InputSender;
  protected readonly session: Session;

  constructor({ sender, session }: DirectTransportOptions) {
    this.sender = sender;
    this.session = session;
  }

  send({ comm_id }: OutgoingMessage, text: string, _onIdle?: () => void): string {
    this.sender.send(comm_id, text);
    return newId();
  }

  open({ comm_id }: OutgoingMessage, text: string): void {
    this.sender.send(comm_id, text, OPEN_INPUT);
  }

  close({ comm_id }: OutgoingMessage, text: () => string): void {
    if (this.session.supportsOpens) this.sender.send(comm_id, text(), CLOSE_INPUT);
  }
}
