/** Which custom messages are thinned when they come faster than the server can take them: the page's policy. */
import { type OnError } from "../comm/errors.js";
/**
 * Tells which custom messages replace one another.
 *
 * @param content what a model sends with `send(content)`
 * @returns a name for messages of which only the newest is of use: one of a name is under way at a
 *   time, and the newest of the others waits; or `undefined` for one that must reach the server
 */
export type Thin = (content: unknown) => string | undefined;
/** What a page can set. */
export interface PacingPolicy {
    /** Names of events (a content's `type` or `event`) to thin, or a function; an empty list thins nothing. */
    thin?: readonly string[] | Thin;
}
/** The browser's own names for events that come with each movement. */
export declare const THINNED_EVENTS: readonly ["mousemove", "pointermove", "touchmove", "wheel", "scroll", "drag", "dragover"];
/**
 * Sets the page's pacing policy, for all copies of this package; what is not given is as by default.
 * Without a policy (`undefined`) the page's settings hold.
 */
export declare function setPacing(policy: PacingPolicy | undefined): void;
/**
 * The page's policy on thinning, as it is at each call: set by {@link setPacing}, else by the page's
 * settings, else the default.
 */
export declare function pageThinning(onError: OnError): Thin;
