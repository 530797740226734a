import { type JsonObject, type MessageKind } from "../comm/messages.js";
import type { CommSession } from "./server-comm.js";
/**
 * Sends the opens of each flush as one batch, and successive messages or closes as another. Like Shiny's
 * hooks, opens leave before the values of outputs, and the others after them.
 */
export declare class Batches {
    #private;
    constructor(session: CommSession);
    /** Adds a message to the next flush. An equal message for another comm becomes a reference. */
    add(kind: MessageKind, header: JsonObject, buffers: readonly Uint8Array[]): void;
}
