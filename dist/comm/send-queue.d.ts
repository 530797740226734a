/** Paces what goes to the server: of each comm one update is under way, the rest waits behind it, in order. */
/** A message on its way to the server. */
export interface QueuedMessage {
    readonly comm_id: string;
    readonly msg_id: string;
    /** Encoded. */
    readonly text: string;
    /** Of a comm's messages with one pace, one is under way at a time; without one, it need not wait. */
    readonly pace: string | undefined;
    /** It may be left out when a newer one with its pace comes before it was sent. */
    readonly replaceable: boolean;
    /** The traits that it updates; the server's echo names them. */
    readonly keys: readonly string[];
    /** Called once, when the server has dealt with the message or will not. */
    readonly done?: (() => void) | undefined;
}
/**
 * Sends each comm's messages in order, and holds back what must not overtake or flood.
 *
 * The server's answer to an update is its echo. Where none comes (the server or the trait does not
 * echo, or it is no update) it is the end of the server's work on it. Shiny tells when work begins
 * and ends, not on what; but it takes messages one by one, in their order, so works are counted.
 * Where there is no sign of that either, the wait is bounded.
 */
export declare class SendQueue {
    #private;
    /** @param put hands a message on, and says whether somebody took it */
    constructor(put: (message: QueuedMessage) => boolean);
    /** Sends a message now or, behind others of its comm, later. */
    send(message: QueuedMessage): void;
    /**
     * Takes an echo of some traits: the answer to the oldest update of these that has none. Those
     * before it are past as well.
     *
     * @returns the id of the update that is answered, or `undefined` when it is none of ours
     */
    echoed(comm_id: string, keys: readonly string[]): string | undefined;
    /** The server has begun to work on something. */
    serverBusy(): void;
    /** The server has ended its work, and may have begun on the next message. */
    serverIdle(): void;
    /** The `values` frame, which follows the end of work; echoes come behind it. */
    serverFlushed(): void;
    /** Drops what waits for, and what is owed to, a comm that is gone. */
    forget(comm_id: string): void;
    /**
     * The session is gone: nobody is left waiting for an answer, and nothing waits for the next.
     *
     * @returns the comms of which messages were still to be sent
     */
    clear(): string[];
    /** Comms with messages that wait, and how many. */
    waiting(): Map<string, number>;
}
