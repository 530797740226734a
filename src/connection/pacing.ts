/** The page's policy for custom messages that are sent faster than the server handles them. */
import { CommError, messageOf, type OnError } from "../comm/errors.js";
import { isObject } from "../util/object.js";
import { type PacingPolicy, sharedPage, type Throttle } from "./shared-page.js";

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
export const THROTTLED_EVENTS = [
  "mousemove",
  "pointermove",
  "touchmove",
  "wheel",
  "scroll",
  "drag",
  "dragover",
] as const;

/** The settings of pages without a bundler: `<script type="application/json" id="shiny-comm-settings">`. */
const SETTINGS_ID = "shiny-comm-settings";

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
export function setPacing(policy: PacingPolicy | undefined): () => void {
  const page = sharedPage();
  const previous = page.pacing;
  page.pacing = policy;
  return () => {
    if (page.pacing === policy) page.pacing = previous;
  };
}

/**
 * Returns a function that applies the page's policy at each call: the policy of {@link setPacing}, or the page's
 * settings, or the default.
 */
export function pageThrottle(onError: OnError): Throttle {
  let settings: PacingPolicy | undefined;
  let policy: PacingPolicy | undefined;
  let current: Throttle;
  return (content) => {
    const set = sharedPage().pacing;
    settings ??= set ? undefined : pageSettings(onError);
    const now = set ?? settings ?? {};
    if (now !== policy) {
      policy = now;
      const { throttle = THROTTLED_EVENTS } = now;
      current = typeof throttle === "function" ? throttle : byEvent(throttle);
    }
    return current(content);
  };
}

function byEvent(names: readonly string[]): Throttle {
  const throttled = new Set<unknown>(names);
  return (content) => {
    if (!isObject(content)) return undefined;
    for (const name of [content.type, content.event]) {
      if (typeof name === "string" && throttled.has(name)) return name;
    }
    return undefined;
  };
}

function pageSettings(onError: OnError): PacingPolicy {
  const text = document.getElementById(SETTINGS_ID)?.textContent;
  if (!text) return {};
  try {
    const settings: unknown = JSON.parse(text);
    if (!isObject(settings)) throw new TypeError("the settings are not an object");
    const { throttle } = settings;
    if (throttle === undefined) return {};
    if (Array.isArray(throttle) && throttle.every((name) => typeof name === "string")) {
      return { throttle };
    }
    throw new TypeError("throttle is not a list of event names");
  } catch (cause) {
    onError(new CommError("SETTINGS", `#${SETTINGS_ID}: ${messageOf(cause)}`, { cause }));
    return {};
  }
}
