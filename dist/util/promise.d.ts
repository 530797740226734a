/** Type guards for promises. */
/** Returns whether a value is a promise, of any library. */
export declare function isThenable(value: unknown): value is PromiseLike<unknown>;
