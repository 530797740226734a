import { type ShinyPort, type ShinySocket } from "./runtime.js";
import type { Session } from "./session.js";
/** Intercepts the frames of comms on the socket of a session. */
export interface FrameInterceptor {
    /** Whether the socket has the interceptor's listener. */
    readonly isAttached: boolean;
    /** Whether the socket called the listener: a host may call the one that it read earlier. */
    readonly hasReceived: boolean;
    /** Attaches the listener again if Shiny handles frames that did not pass it. */
    recheck(): void;
    /** Ends with the session. */
    end(): void;
}
/**
 * Makes the interceptor of a socket.
 *
 * @param bytesAsText called for a text that Shiny cannot have sent; `isComm` if it begins as a frame of a
 * comm. Returns whether it was a binary frame.
 */
export type Intercept = (socket: ShinySocket, bytesAsText: (isComm: boolean) => boolean) => FrameInterceptor;
export interface FrameNegotiation {
    /** Reads the server's announcement of its abilities. */
    announce(announcement: unknown): void;
    /** Receives the server's probe, as Shiny delivers it. */
    probe(payload: unknown): void;
    /** Ends the negotiation, and the interceptor. */
    end(): void;
}
/**
 * Sends each session's server the version of binary frames that the page supports. Version 0 stands for none,
 * version 1 for frames through Shiny's own dispatch; higher versions need an interceptor.
 *
 * A native WebSocket delivers bytes. For another socket that has a `binaryType`, or if the server recommends
 * it, the page asks for a probe: a binary frame with each byte. The version is announced when the probe has
 * arrived unchanged. `docs/frames.md` has the details.
 */
export declare function negotiateFrames(shiny: ShinyPort, session: Session, intercept?: Intercept): FrameNegotiation;
