/** Registers the handlers of comm messages with the Shiny runtime, and keeps other clients from replacing them. */
import { HANDLERS, type MessageKind, PROBE_HANDLER, SERVER_HANDLER } from "../comm/messages.js";
import type { ShinyPort } from "./runtime.js";
import { warnOfStockClient } from "./stock-client.js";

export interface MessageReceiver {
  /** Receives the payload of a comm message. */
  receive(kind: MessageKind, payload: unknown): void;
  /** Receives the server's announcement of its abilities. */
  announce(announcement: unknown): void;
  /** Receives the server's probe. */
  probe(payload: unknown): void;
}

/**
 * Registers the handlers of comm messages, of the server's announcement and of its probe.
 *
 * The stock client may be on the same page, before or after: its handlers are replaced or rejected, with
 * one warning.
 *
 * @returns the undo
 */
export function registerMessageHandlers(shiny: ShinyPort, receiver: MessageReceiver): () => void {
  let isRegistered = true;
  // Shiny rejects handlers that do not declare exactly one parameter.
  const handlers = new Map<string, (payload: unknown) => void>();
  for (const [kind, name] of Object.entries(HANDLERS) as [MessageKind, string][]) {
    handlers.set(name, (payload) => {
      if (isRegistered) receiver.receive(kind, payload);
    });
  }
  handlers.set(SERVER_HANDLER, (announcement) => {
    if (isRegistered) receiver.announce(announcement);
  });
  handlers.set(PROBE_HANDLER, (payload) => {
    if (isRegistered) receiver.probe(payload);
  });
  for (const [name, handler] of handlers) shiny.addCustomMessageHandler(name, handler);

  // In Shiny the newest handler of a name replaces the others, so later ones are rejected here.
  const add = shiny.addCustomMessageHandler;
  const guardedAdd: typeof add = function (this: unknown, type, handler) {
    const registered = handlers.get(type);
    if (isRegistered && registered && registered !== handler) warnOfStockClient(shiny);
    else add.call(this, type, handler);
  };
  shiny.addCustomMessageHandler = guardedAdd;
  return () => {
    isRegistered = false;
    if (shiny.addCustomMessageHandler === guardedAdd) shiny.addCustomMessageHandler = add;
  };
}
