/** Sends texts to the server as Shiny inputs, in order, in every state of the runtime. */
import { type OnError } from "../comm/errors.js";
import type { ShinyPort } from "./runtime.js";
import type { Session } from "./session.js";
export interface InputSenderOptions {
    /** Returns the runtime. Read at each use: Shiny's session comes after its runtime. */
    runtime: () => ShinyPort | undefined;
    session: Session;
    onError: OnError;
}
/**
 * Sends texts in a microtask. If a listener of Shiny's own input events calls `setInputValue`, Shiny keeps only
 * the last value of an input, and may not send that value.
 */
export declare class InputSender {
    #private;
    constructor({ runtime, session, onError }: InputSenderOptions);
    /** The number of texts that wait for a session. */
    get pending(): number;
    dispose(): void;
    /**
     * Sends a text as soon as a session is open. After the session has ended the text is dropped, with one
     * error until the next session.
     *
     * @returns whether the text is accepted
     */
    send(comm_id: string, text: string, input?: string): boolean;
    /** Reports that messages of a comm are dropped, once in a session. */
    reportDropped(comm_id: string): void;
}
