/** Opens the inspector: by a call, and in Shiny's development mode by a key. */
import { logError } from "../comm/errors.js";
import type { Inspected, Inspector } from "./inspected.js";

/** The key for `Ctrl` or `Cmd`. Shiny uses Ctrl+F3 and Ctrl+F4, and browsers do not use Ctrl+F9. */
const KEY = "F9";

/** The global for the browser's console: `ShinyComm.inspect()`. */
const GLOBAL = "ShinyComm";

/**
 * Adds the global function and the key that open the inspector.
 *
 * @returns the function, and `stop`, which removes both and closes an open inspector
 */
export function installInspector(parts: Inspected) {
  let opening: Promise<Inspector> | undefined;
  const inspect = (): Promise<Inspector> => {
    opening ??= import("../inspector/index.js").then(({ openInspector }) =>
      openInspector(parts, forget),
    );
    opening.catch(forget);
    return opening;
  };
  const forget = (): void => {
    opening = undefined;
  };
  const close = () => void opening?.then((inspector) => inspector.close(), logError);
  const onKey = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (key !== KEY || !(ctrlKey || metaKey) || shiftKey || altKey) return;
    // Checked at each press, because the page may set the mode after this script has run.
    if (!parts.runtime()?.inDevMode?.()) return;
    event.preventDefault();
    if (opening) close();
    else inspect().catch(logError);
  };
  // In the capture phase, because listeners of the page may stop the event.
  addEventListener("keydown", onKey, true);
  const page = globalThis as Record<string, unknown>;
  const api = { inspect };
  page[GLOBAL] ??= api;
  return {
    inspect,
    stop() {
      removeEventListener("keydown", onKey, true);
      if (page[GLOBAL] === api) delete page[GLOBAL];
      close();
    },
  };
}
