import { type ErrorListener } from "./shared-page.js";
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
export declare function onError(listener: ErrorListener): () => void;
/** Reports an error to the page. Never throws. */
export declare function reportError(error: Error): void;
