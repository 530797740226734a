/** Takes encoded messages to the Shiny session as an input, and tells models when the server has dealt with them. */
import type { ICallbacks } from "@jupyter-widgets/base";
import type { Transport } from "../comm/comm-manager.js";
import { type OnError } from "../comm/errors.js";
import { type CommMessage, type OutgoingMessage } from "../comm/messages.js";
import { type ShinyRuntime } from "./runtime.js";
export interface ShinyTransportOptions {
    /** Read anew at each send: the session comes after the runtime, and may go. */
    runtime: () => ShinyRuntime | undefined;
    onError: OnError;
}
/**
 * The way to the server through `Shiny.setInputValue`.
 *
 * A model keeps one update in flight and merges what changes meanwhile, if it is told when the
 * server has dealt with the one before: by its echo, else by the next `values` frame, which Shiny
 * sends after each message, else after two seconds.
 */
export declare class ShinyTransport implements Transport {
    #private;
    constructor({ runtime, onError }: ShinyTransportOptions);
    /** Listens for the frames that follow each message. @returns the undo */
    listen(): () => void;
    send(message: OutgoingMessage, text: string, callbacks: ICallbacks | undefined): string;
    /** Matches an echo with the update that it answers. Echoes come in the order of the updates. */
    received(message: CommMessage): void;
    forget(comm_id: string): void;
}
