/** The way to the server of comms without widgets: everything is sent at once. */
import type { Transport } from "../comm/comm-manager.js";
import { CLOSE_INPUT, OPEN_INPUT, type OutgoingMessage } from "../comm/messages.js";
import { newId } from "../util/id.js";
import type { Outlet } from "./shared-page.js";

export class PlainTransport implements Transport {
  readonly #outlet: Outlet;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  send({ comm_id }: OutgoingMessage, text: string): string {
    this.#outlet.put(comm_id, text);
    return newId();
  }

  open({ comm_id }: OutgoingMessage, text: string): void {
    this.#outlet.put(comm_id, text, OPEN_INPUT);
  }

  close({ comm_id }: OutgoingMessage, text: () => string): void {
    if (this.#outlet.takesCloses()) this.#outlet.put(comm_id, text(), CLOSE_INPUT);
  }
}
