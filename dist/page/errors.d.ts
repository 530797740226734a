import { type ErrorListener } from "./shared.js";
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
export declare function onError(listener: ErrorListener): () => void;
/** Reports an error to the page. Never throws. */
export declare function reportError(error: Error): void;
