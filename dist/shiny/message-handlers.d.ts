/** Registers the handlers of comm messages with the Shiny runtime, and keeps other clients from replacing them. */
import { type MessageKind } from "../comm/messages.js";
import type { ShinyPort } from "./runtime.js";
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
export declare function registerMessageHandlers(shiny: ShinyPort, receiver: MessageReceiver): () => void;
