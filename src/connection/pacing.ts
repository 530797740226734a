/** Which custom messages are thinned when they come faster than the server can take them: the page's policy. */
import { CommError, messageOf, type OnError } from "../comm/errors.js";
import { sharedPage } from "./shared-page.js";

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
export const THINNED_EVENTS = [
  "mousemove",
  "pointermove",
  "touchmove",
  "wheel",
  "scroll",
  "drag",
  "dragover",
] as const;

/** Where pages without a bundler say it: `<script type="application/json" id="shiny-comm-settings">`. */
const SETTINGS_ID = "shiny-comm-settings";

/**
 * Sets the page's pacing policy, for all copies of this package; what is not given is as by default.
 * Without a policy (`undefined`) the page's settings hold.
 */
export function setPacing(policy: PacingPolicy | undefined): void {
  sharedPage().pacing = policy;
}

/**
 * The page's policy on thinning, as it is at each call: set by {@link setPacing}, else by the page's
 * settings, else the default.
 */
export function pageThinning(onError: OnError): Thin {
  let settings: PacingPolicy | undefined;
  let policy: PacingPolicy | undefined;
  let current: Thin;
  return (content) => {
    const set = sharedPage().pacing;
    settings ??= set ? undefined : pageSettings(onError);
    const now = set ?? settings ?? {};
    if (now !== policy) {
      policy = now;
      const { thin = THINNED_EVENTS } = now;
      current = typeof thin === "function" ? thin : byEvent(thin);
    }
    return current(content);
  };
}

function byEvent(names: readonly string[]): Thin {
  const thinned = new Set(names);
  return (content) => {
    if (typeof content !== "object" || content === null) return undefined;
    const { type, event } = content as { type?: unknown; event?: unknown };
    return [type, event].find((name) => typeof name === "string" && thinned.has(name)) as
      | string
      | undefined;
  };
}

function pageSettings(onError: OnError): PacingPolicy {
  const text = document.getElementById(SETTINGS_ID)?.textContent;
  if (!text) return {};
  try {
    const { thin } = JSON.parse(text) as { thin?: unknown };
    if (thin === undefined) return {};
    if (Array.isArray(thin) && thin.every((name) => typeof name === "string")) return { thin };
    throw new TypeError("thin is not a list of names of events");
  } catch (cause) {
    onError(new CommError("SETTINGS", `#${SETTINGS_ID}: ${messageOf(cause)}`, { cause }));
    return {};
  }
}
