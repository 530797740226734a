/** The page's policy for custom messages that are sent faster than the server handles them. */
import { type OnError } from "../comm/errors.js";
import { type PacingPolicy, type Throttle } from "./shared-page.js";
/**
 * The browser's names of events that are emitted with each movement.
 *
 * @example
 * ```ts
 * import { setPacing, THROTTLED_EVENTS } from "shiny-comm";
 *
 * setPacing({ throttle: [...THROTTLED_EVENTS, "hover"] });
 * ```
 */
export declare const THROTTLED_EVENTS: readonly ["mousemove", "pointermove", "touchmove", "wheel", "scroll", "drag", "dragover"];
/**
 * Sets the page's pacing policy, for all copies of this package. With `undefined` the page's settings apply.
 *
 * @example
 * ```ts
 * import { setPacing } from "shiny-comm";
 *
 * const undo = setPacing({ throttle: ["mousemove", "hover"] });
 * undo();
 * ```
 *
 * @returns the undo, which restores the policy from before unless a later call has replaced this one
 */
export declare function setPacing(policy: PacingPolicy | undefined): () => void;
/**
 * Returns a function that applies the page's policy at each call: the policy of {@link setPacing}, or the page's
 * settings, or the default.
 */
export declare function pageThrottle(onError: OnError): Throttle;
