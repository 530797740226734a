export declare class ServerSupport {
    #private;
    /** Whether the server is known to take opens and closes from the browser. */
    get takesOpens(): boolean;
    /** @param announcement what the server says of itself, or `undefined` when it says nothing */
    announced(announcement: unknown): void;
    sessionBegins(): void;
    sessionEnds(): void;
    /**
     * Resolves when the server is known to take opens from the browser.
     *
     * @throws {CommError} `OPEN_NOT_SUPPORTED` when it is known not to
     * @throws {CommError} `NOT_CONNECTED` when the session is over
     */
    opens(target_name: string): Promise<void>;
}
