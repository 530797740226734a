/** Takes encoded messages to the Shiny session, paced by what Shiny tells of the server's work. */
import type { ICallbacks } from "@jupyter-widgets/base";
import type { Transport } from "../comm/comm-manager.js";
import { type OnError } from "../comm/errors.js";
import type { CommMessage, OutgoingMessage } from "../comm/messages.js";
import { type ShinyRuntime } from "./runtime.js";
export interface ShinyTransportOptions {
    runtime: () => ShinyRuntime | undefined;
    onError: OnError;
}
/**
 * The way to the server: a queue that paces, and an outbox that sends.
 *
 * A model keeps one update under way and merges what changes meanwhile, as it is told when the
 * server has dealt with the one before. Custom messages are sent at once, in their order with the
 * updates; those that the page's policy names are thinned.
 */
export declare class ShinyTransport implements Transport {
    #private;
    constructor({ runtime, onError }: ShinyTransportOptions);
    /** Follows the session and the server's work. @returns the undo */
    listen(): () => void;
    send(message: OutgoingMessage, text: string, callbacks: ICallbacks | undefined): string;
    /** Matches an echo with the update that it answers. Echoes come in the order of the updates. */
    received(message: CommMessage): void;
    forget(comm_id: string): void;
}
