/** The session of a Shiny runtime: the only file that listens to Shiny's jQuery events. */
import { type OnError } from "../comm/errors.js";
import { type ShinyPort } from "./runtime.js";
/** `closed`: the session ended, or the page has no runtime. */
export type SessionState = "connecting" | "open" | "closed";
/**
 * Events of a session, in the order in which a new session emits them.
 *
 * - `reset`: messages, comms and models of earlier sessions are void. A new session emits the event as soon
 *   as its socket is open, and again at its first frame. Until then Shiny's queue may hold messages of the
 *   earlier session. Listeners run in the reverse order of their registration.
 * - `open`: inputs can be sent. Shiny sends its own first message in the same task, after the listeners.
 * - `busy`, `idle`: the server begins and ends work.
 * - `flushed`: the server has sent the values of its outputs.
 * - `closed`: the session ended.
 */
export type SessionEvent = "reset" | "open" | "busy" | "idle" | "flushed" | "closed";
/** The state of the page's session, and its events. */
export interface Session {
    /** The present state. */
    readonly state: SessionState;
    /** The number of the session: 0 before the first one opens, then 1, 2, … */
    readonly epoch: number;
    /** Whether the server announced that it supports opens and closes from the browser. */
    readonly supportsOpens: boolean;
    /** The language that the server announced, `"R"`; the stock server announces nothing. */
    readonly language?: unknown;
    /** Resolves when the socket is not connecting any more, or the page has no runtime. */
    connected(): Promise<void>;
    /**
     * Registers a listener. A listener that throws does not keep others from being called.
     *
     * @returns the undo
     */
    on(event: SessionEvent, listener: () => void): () => void;
}
export interface ShinySessionOptions {
    /** Returns the runtime. Read at each use: Shiny's session comes after its runtime. */
    runtime: () => ShinyPort | undefined;
    /** Reports what a listener throws. */
    onError?: OnError;
}
export declare class ShinySession implements Session {
    #private;
    language: unknown;
    constructor({ runtime, onError }: ShinySessionOptions);
    get state(): SessionState;
    get epoch(): number;
    get supportsOpens(): boolean;
    /** Subscribes to Shiny's events, once the runtime is on the page. */
    start(): void;
    /** Unsubscribes from Shiny's events; pending opens fail. */
    dispose(): void;
    on(event: SessionEvent, listener: () => void): () => void;
    /**
     * Whether another listener expects an event for each frame. jQuery keeps its listeners in a store that
     * it does not document; without that store, there may be one.
     */
    hasOtherMessageListeners(): boolean;
    connected(): Promise<void>;
    /** Reads the server's announcement of its abilities. */
    announce(announcement: unknown): void;
    /**
     * Resolves when the server is known to support opens from the browser.
     *
     * @throws {CommError} `OPEN_NOT_SUPPORTED` when the server does not support them
     * @throws {CommError} `NOT_CONNECTED` when the session ends first, or has ended
     */
    opensSupported(target_name: string): Promise<void>;
}
