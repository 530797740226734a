/** Ways to ask for the inspector: a call, and in Shiny's development mode a key. It is loaded only then. */
import { logError } from "../comm/errors.js";
import { retried } from "../util/retry.js";
import type { Inspected, Inspector } from "./inspected.js";

/** `Ctrl` or `Cmd` with this key. It is next to Shiny's own, Ctrl+F3 and Ctrl+F4; browsers have none there. */
const KEY = "F9";

/** What people call in the browser's console: `ShinyComm.inspect()`. */
const GLOBAL = "ShinyComm";

/** @returns the call, and what takes call and key away and closes an inspector that is open */
export function inspectable(parts: Inspected) {
  let opened: Promise<Inspector> | undefined;
  const inspect = (): Promise<Inspector> => {
    opened ??= retried(() => import("../inspector/index.js")).then(({ openInspector }) =>
      openInspector(parts, forget),
    );
    opened.catch(forget);
    return opened;
  };
  const forget = (): void => {
    opened = undefined;
  };
  const close = () => void opened?.then((inspector) => inspector.close(), logError);
  const onKey = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (key !== KEY || !(ctrlKey || metaKey) || shiftKey || altKey) return;
    // Asked at each press: the page may say it later than this script runs.
    if (!parts.runtime()?.inDevMode?.()) return;
    event.preventDefault();
    if (opened) close();
    else inspect().catch(logError);
  };
  // Before the page's own listeners, which may keep the event from others.
  addEventListener("keydown", onKey, true);
  const page = globalThis as Record<string, unknown>;
  const mine = { inspect };
  page[GLOBAL] ??= mine;
  return {
    inspect,
    stop() {
      removeEventListener("keydown", onKey, true);
      if (page[GLOBAL] === mine) delete page[GLOBAL];
      close();
    },
  };
}
