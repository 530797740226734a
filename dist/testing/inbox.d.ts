/** A queue of items, and of callers that wait for the next item. */
export interface WaitOptions {
    /** The timeout, in ms. */
    timeoutMs?: number;
}
export declare class Inbox<T> {
    #private;
    /** @param what the name of the items, for errors */
    constructor(what: string);
    put(item: T): void;
    /** Returns the oldest item, or the next one. */
    next({ timeoutMs }?: WaitOptions): Promise<T>;
    /** Rejects all waiting callers, and later ones, with the reason. */
    close(why: string): void;
    reopen(): void;
}
