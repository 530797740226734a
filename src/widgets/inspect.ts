/** Opens the inspector: by a call, and in Shiny's development mode by a key. */
import { logError } from "../comm/errors.js";
import { retried } from "../util/retry.js";
import type { Inspected, Inspector } from "./inspected.js";

/** The key for `Ctrl` or `Cmd`. Shiny uses Ctrl+F3 and Ctrl+F4, and browsers do not use Ctrl+F9. */
const KEY = "F9";

/** The global for the browser's console: `ShinyComm.inspect()`. */
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
