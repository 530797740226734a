/** The page's policy for custom messages that are sent faster than the server handles them. */
import { type OnError } from "../comm/errors.js";
/**
 * Returns a key for a custom message that may be throttled, or `undefined` for one that must reach the server.
 * One message of each key is in flight at a time. Only the newest of the waiting messages is sent.
 *
 * @param content the content that a model sends with `send(content)`
 */
export type Throttle = (content: unknown) => string | undefined;
/** The page's settings for pacing. */
export interface PacingPolicy {
    /**
     * The names of events (`type` or `event` of the content) to throttle, or a function. An empty list throttles
     * no message. By default {@link THROTTLED_EVENTS}.
     */
    throttle?: readonly string[] | Throttle;
}
/** The browser's names of events that are emitted with each movement. */
export declare const THROTTLED_EVENTS: readonly ["mousemove", "pointermove", "touchmove", "wheel", "scroll", "drag", "dragover"];
/**
 * Sets the page's pacing policy, for all copies of this package. With `undefined` the page's settings apply.
 *
 * @example
 * setPacing({ throttle: ["mousemove", "hover"] });
 *
 * @returns the undo, which restores the policy from before unless a later call has replaced this one
 */
export declare function setPacing(policy: PacingPolicy | undefined): () => void;
/**
 * Returns a function that applies the page's policy at each call: the policy of {@link setPacing}, or the page's
 * settings, or the default.
 */
export declare function pageThrottle(onError: OnError): Throttle;
