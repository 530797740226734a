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
export declare function onError(listener: (error: Error) => unknown, options?: {
    handles?: false;
}): () => void;
/** The same for a listener that handles errors: it returns `true` for those that it has handled. */
export declare function onError(listener: (error: Error) => boolean, options: {
    handles: true;
}): () => void;
/** Reports an error to the page. Never throws. */
export declare function reportError(error: Error): void;
