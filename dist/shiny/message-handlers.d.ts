/** Registers the handlers of comm messages with the Shiny runtime, and keeps other clients from replacing them. */
import { type MessageKind } from "../comm/messages.js";
import { type ShinyPort, type ShinySocket } from "./runtime.js";
import type { Session } from "./session.js";
export interface MessageReceiver {
    /** Receives the payload of a comm message. */
    receive(kind: MessageKind, payload: unknown): void;
    /** Receives the server's announcement of its abilities. */
    announce(announcement: unknown): void;
}
/**
 * Registers the four handlers of comm messages.
 *
 * The stock client may be on the same page, before or after: its handlers are replaced or rejected, with
 * one warning.
 *
 * @returns the undo
 */
export declare function registerMessageHandlers(shiny: ShinyPort, receiver: MessageReceiver): () => void;
/** Intercepts the frames of comms on the socket of a session. */
export interface FrameInterceptor {
    /** The version of binary frames that the page supports on the socket. */
    readonly version: number;
    /** Ends with the session. */
    end(): void;
}
/**
 * Sends each session's server the version of binary frames that the page supports. Version 0 stands for none,
 * version 1 for frames through Shiny's own dispatch; higher versions need an interceptor.
 *
 * @returns the undo
 */
export declare function negotiateFrames(shiny: ShinyPort, session: Session, intercept?: (socket: ShinySocket) => FrameInterceptor): () => void;
