/** Errors of a page: each goes to who listens, and to the console when nobody takes it. */
import { logError, messageOf } from "../comm/errors.js";
import { type ErrorListener, sharedPage } from "./shared.js";

/**
 * Listens to the errors of all copies of this package on the page: each error once, with the comm it
 * struck where that is known.
 *
 * An error that a listener takes is not written to the console. A listener that returns `false` has
 * not taken it; nor has one that throws. Without listeners the console gets all.
 *
 * An error may come from another copy of the package (the script tag's), whose classes are others:
 * tell errors by their `name`, which is that of their class.
 *
 * @returns the undo
 */
export function onError(listener: ErrorListener): () => void {
  const { errorListeners } = sharedPage();
  // A function of its own, so that one that listens twice hears twice until each is undone.
  const own: ErrorListener = (error) => listener(error);
  errorListeners.add(own);
  return () => void errorListeners.delete(own);
}

/** Reports an error to the page. Never throws. */
export function reportError(error: Error): void {
  let taken = false;
  for (const listener of [...sharedPage().errorListeners]) {
    try {
      if (listener(error) !== false) taken = true;
    } catch (thrown) {
      logError(thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
    }
  }
  if (!taken) logError(error);
}
