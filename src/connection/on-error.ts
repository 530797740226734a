/** Reports the errors of a page to listeners, and to the console unless a listener handles them. */
import { asError, logError } from "../comm/errors.js";
import { type ErrorListener, sharedPage } from "./shared-page.js";

/**
 * Listens to the errors of all copies of this package on the page. Each error is reported once, with the comm's
 * id where the error belongs to a comm. The console gets each error too, unless a listener calls
 * `preventDefault()`.
 *
 * @example
 * ```ts
 * import { isCommError, onError } from "shiny-comm";
 *
 * // Watches all errors.
 * const messages: string[] = [];
 * onError(({ error }) => messages.push(error.message));
 *
 * // Handles one kind of error: the console does not show it.
 * onError((report) => {
 *   if (isCommError(report.error, "MODULE_LOAD")) report.preventDefault();
 * });
 * ```
 *
 * @returns the undo
 */
export function onError(listener: ErrorListener): () => void {
  const { errorListeners } = sharedPage();
  // One wrapper for each registration, so that an undo removes one registration.
  const registered: ErrorListener = (report) => listener(report);
  errorListeners.add(registered);
  return () => void errorListeners.delete(registered);
}

/** Reports an error to the page. Never throws. */
export function reportError(error: Error): void {
  const report = {
    error,
    defaultPrevented: false,
    preventDefault() {
      report.defaultPrevented = true;
    },
  };
  for (const listener of [...sharedPage().errorListeners]) {
    try {
      listener(report);
    } catch (thrown) {
      logError(asError(thrown));
    }
  }
  if (!report.defaultPrevented) logError(error);
}
