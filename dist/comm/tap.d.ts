/** What a comm manager tells whoever looks into a page; copies of the package look into each other's. */
import type { CommMessage, CommOpenMessage, MessageKind, OutgoingMessage } from "./messages.js";
/** Set as a manager's `tap`. Its methods are called in the midst of the work: they must not throw. */
export interface CommTap {
    /** A message came, as the Shiny handler got it. */
    received(kind: MessageKind, payload: unknown): void;
    /** The message that was received last is well-formed. */
    decoded(message: CommMessage): void;
    /** All that a message set off has settled. */
    delivered(message: CommMessage): void;
    /**
     * A message was given to the transport.
     *
     * @param msg_id of its own; opens and closes have none
     */
    sent(kind: MessageKind, message: OutgoingMessage, text: string, msg_id?: string): void;
}
/** How many messages there were since the manager was made. */
export interface CommTotals {
    /** Those included that are malformed. */
    received: number;
    sent: number;
}
/** What a manager has, as it is now; not to be changed. */
export interface CommManagerState {
    /** The open comms, by their ids. */
    readonly comms: ReadonlyMap<string, OpenComm>;
    /** What waits for the open of a comm, or with its open for a target, by the comm's id. */
    readonly early: ReadonlyMap<string, EarlyMessages>;
    readonly totals: Readonly<CommTotals>;
}
export interface OpenComm {
    readonly comm: {
        readonly target_name: string;
    };
    /** Behind the one that is being delivered. */
    readonly queue: readonly CommMessage[];
    /** The message that is being delivered, until what it set off has settled. */
    readonly current: CommMessage | undefined;
}
export interface EarlyMessages {
    readonly messages: readonly CommMessage[];
    /** The one among the messages, if its target is what is waited for. */
    readonly open?: CommOpenMessage | undefined;
}
