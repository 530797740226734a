/** Errors of a page: each goes to who listens, and to the console unless somebody handles it. */
import { logError, messageOf } from "../comm/errors.js";
import { type ErrorListener, sharedPage } from "./shared-page.js";

/**
 * Listens to the errors of all copies of this package on the page: each error once, with the comm it
 * struck where that is known.
 *
 * A listener watches, whatever it returns: the console gets each error all the same. With `handles`,
 * errors for which the listener returns `true` are kept from the console, for the whole page.
 *
 * An error may come from another copy of the package, such as that of the script tag:
 * `instanceof CommError`, `error.code` and `isCommError` recognize it.
 *
 * @returns the undo
 */
export function onError(
  listener: (error: Error) => unknown,
  options?: { handles?: false },
): () => void;
/** The same for a listener that handles errors: it returns `true` for those that it has handled. */
export function onError(
  listener: (error: Error) => boolean,
  options: { handles: true },
): () => void;
export function onError(
  listener: (error: Error) => unknown,
  { handles = false }: { handles?: boolean } = {},
): () => void {
  const { errorListeners } = sharedPage();
  // A function of its own, so that one that listens twice hears twice until each is undone.
  const own: ErrorListener = (error) => {
    const handled = listener(error) === true;
    return handles && handled;
  };
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
