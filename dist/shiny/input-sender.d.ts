/** Hands texts to the Shiny session as an input, in order, whatever state the runtime is in. */
import { type OnError } from "../comm/errors.js";
import type { Outlet, OutletState } from "../connection/shared-page.js";
import { type ShinyPort } from "./runtime.js";
export interface OutboxOptions {
    /** Read anew each time: the session comes after the runtime, and may go. */
    runtime: () => ShinyPort | undefined;
    onError: OnError;
    /** Whether the session's server wants to hear of closes; by default it does not. */
    takesCloses?: () => boolean;
}
/**
 * The last stretch before the socket.
 *
 * Texts go out in a task of their own (a microtask): `setInputValue` called from inside an event
 * that it triggers itself keeps but the last value of a name, and may forget to send that.
 */
export declare class Outbox implements Outlet {
    #private;
    readonly takesCloses: () => boolean;
    constructor({ runtime, onError, takesCloses }: OutboxOptions);
    /** Follows the session. @returns the undo */
    listen(): () => void;
    /**
     * Sends a text as soon as there is a session. When the session is over, that is reported, once
     * until the next, and the text dropped.
     *
     * @returns whether it is on its way
     */
    put(comm_id: string, text: string, input?: string): boolean;
    /** Reports that something of a comm's cannot be sent, once a session. */
    drop(comm_id: string): void;
    inspect(): OutletState;
}
