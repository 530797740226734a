/** What has come and nobody has taken yet, and those who wait for the next. */
export interface WaitOptions {
    /** How long to wait, in ms. */
    timeoutMs?: number;
}
export declare class Inbox<T> {
    #private;
    /** @param what is waited for, for errors */
    constructor(what: string);
    put(item: T): void;
    /** The oldest that has not been taken, or the next that comes. */
    next({ timeoutMs }?: WaitOptions): Promise<T>;
    /** Nothing more comes; those who wait are told why. */
    close(why: string): void;
    reopen(): void;
}
