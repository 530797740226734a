/** The interface between a comm manager and the inspector, which may belong to another copy of the package. */
import type { CommMessage, CommOpenMessage, MessageKind, OutgoingMessage } from "./messages.js";
/** An observer of all messages. The manager calls it while it works, so its methods must not throw. */
export interface CommTap {
    /**
     * Called with each message from the server, in the form that the Shiny handler received, or as a
     * `ParsedMessage`.
     */
    received(kind: MessageKind, payload: unknown): void;
    /** Called when the message that was received last has been decoded. */
    decoded(message: CommMessage): void;
    /** Called when all work that a message caused has settled. */
    delivered(message: CommMessage): void;
    /**
     * Called with each message that was passed to the transport.
     *
     * @param msg_id the id of the message; missing for opens and closes
     */
    sent(kind: MessageKind, message: OutgoingMessage, text: string, msg_id?: string): void;
}
/** The numbers of messages since the manager was created. */
export interface CommTotals {
    /** The number of received messages, malformed ones included. */
    received: number;
    /** The number of sent messages. */
    sent: number;
}
/** The current state of a manager, read-only. */
export interface CommManagerState {
    /** The open comms, by their ids. */
    readonly comms: ReadonlyMap<string, OpenComm>;
    /** The messages that wait for the open of a comm or for a target, by the comm's id. */
    readonly early: ReadonlyMap<string, EarlyMessages>;
    readonly totals: Readonly<CommTotals>;
}
/** An open comm and its messages. */
export interface OpenComm {
    readonly comm: {
        readonly target_name: string;
    };
    /** The messages that wait for the current one, or for a listener. */
    readonly queue: readonly CommMessage[];
    /** The message that is being delivered, until the work that it caused has settled. */
    readonly current: CommMessage | undefined;
}
/** The early messages of one comm. */
export interface EarlyMessages {
    readonly messages: readonly CommMessage[];
    /** The open among the messages, if they wait for its target. */
    readonly open?: CommOpenMessage | undefined;
}
