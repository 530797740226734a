import type { FrameIntake, Handlers } from "./message-handlers.js";
import { type ShinyPort, type ShinySocket } from "./runtime.js";
/** Takes frames from each session's socket, in turn with all else that Shiny deals with. */
export declare function socketIntake(shiny: ShinyPort, handlers: Handlers): FrameIntake;
export interface SocketFramesOptions {
    /** Whether frames for this handler are the comms'. */
    isOurs: (type: string) => boolean;
    /** Whether somebody is to be told of each text: then all of them go by Shiny. */
    isFollowed: () => boolean;
    /** Takes what a handler takes, in turn with all else that comes. */
    deliver: (type: string, payload: unknown) => void;
    /** How long what comes otherwise is held up by buffers that don't, in ms. */
    patienceMs?: number;
}
/**
 * Stands before Shiny's own listener on a socket, and takes the comms' texts and binary frames, these
 * with the buffers that come after them as frames of their own. All else goes on to Shiny, in the
 * order in which it came: what comes before a message is whole waits for it.
 *
 * A message whose buffers don't come is delivered without them when another binary frame comes in
 * their place, or when something else has waited for `patienceMs`; so it is refused as it should be.
 *
 * @returns what forgets, when the session is over, a message that is not whole and what waits for it;
 *   `undefined` when there is no listener to stand before
 */
export declare function takeSocketFrames(socket: ShinySocket, { isOurs, isFollowed, deliver, patienceMs }: SocketFramesOptions): (() => void) | undefined;
