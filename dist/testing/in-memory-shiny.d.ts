import type { ShinyPort, ShinyRuntime } from "../shiny/runtime.js";
import { type InputOptions } from "./inputs.js";
import { BindingRegistry } from "./outputs.js";
import { type ServerOptions, ServerSession } from "./server-session.js";
import { InMemoryApp } from "./shiny-app.js";
/** What {@link createShiny} takes. */
export interface ShinyOptions extends ServerOptions {
    /**
     * Takes what a handler of Shiny's messages or a callback on the server throws. By default it is
     * kept, and the next {@link InMemoryShiny.idle} rejects with it.
     */
    onError?: (error: Error) => void;
}
/** The runtime as a page has it, with what Shiny adds when it is initialised: as much as tests call. */
export interface InMemoryRuntime extends ShinyPort {
    /** Resolves when the first session has begun. */
    readonly initializedPromise: Promise<void>;
    /** Sets an input. There once Shiny is initialised, as all that follows. */
    setInputValue?(name: string, value: unknown, options?: {
        priority?: "deferred" | "immediate" | "event";
    }): void;
    /** Has an equal value sent again. */
    forgetLastInputValue?(name: string): void;
    /** Binds the outputs in a scope, an element or a jQuery object. */
    bindAll?(scope?: unknown): Promise<void>;
    /** The opposite. */
    unbindAll?(scope?: unknown, includeSelf?: boolean): void;
}
/** All of it, for clients. */
export interface FullRuntime extends InMemoryRuntime, ShinyRuntime {
    readonly outputBindings: BindingRegistry;
    setInputValue?(name: string, value: unknown, options?: InputOptions): void;
    /** The old name of `setInputValue`. */
    onInputChange?(name: string, value: unknown, options?: InputOptions): void;
    shinyapp?: InMemoryApp | undefined;
    bindAll?(scope?: unknown): Promise<void>;
}
/**
 * Makes a Shiny without a server.
 *
 * ```ts
 * const shiny = createShiny();
 * const uninstall = shiny.install();
 * await loadClient("/node_modules/shiny-comm/dist/shiny-comm.js");
 * const session = await shiny.connect();
 * session.output("plot", session.open(anywidgetState({ esm }, { value: 1 })));
 * await shiny.idle();
 * ```
 */
export declare function createShiny(options?: ShinyOptions): InMemoryShiny;
/** What {@link createShiny} makes. */
export declare class InMemoryShiny {
    #private;
    constructor(options?: ShinyOptions);
    /** What is `window.Shiny` on a page. */
    get runtime(): InMemoryRuntime;
    /** The session that is open. */
    get session(): ServerSession | undefined;
    /**
     * Makes this Shiny the page's (`globalThis.Shiny`). Where there is no jQuery, its events stand in for
     * it; where there is no document (Node), one with hardly an element: what a test puts into its
     * `elements` is there (`document.elements.set(".shiny-submit-button", {})`).
     *
     * @returns the undo
     */
    install(): () => void;
    /**
     * What Shiny does once the page is there: from now on there are `setInputValue` and `shinyapp`, and
     * the page's outputs are bound. {@link InMemoryShiny.connect} does it when it has not been done.
     */
    initialize(): Promise<void>;
    /**
     * Begins a session: the first, or a new one after the last has ended.
     *
     * @returns the server's end of it, when the browser knows of it and the server function has run
     * @throws (rejects) when a session is open
     */
    connect(): Promise<ServerSession>;
    /** Ends the session, as a network does that is cut. {@link InMemoryShiny.connect} begins the next. */
    disconnect(): void;
    /** Presses the submit button: sends the inputs that it holds back. */
    submit(): void;
    /**
     * Waits until everything that was sent has come and been handled, on both sides: no frame waits in
     * Shiny's task queue, nothing is worked on at the server, and nothing new came of it in a turn of
     * the event loop. What a widget does in its own time (loads, timers, frames of an animation) cannot
     * be seen from here; wait for what it should come to.
     *
     * @throws (rejects) with what a handler or a callback has thrown since the last time, unless there is an
     *   `onError`
     */
    idle(): Promise<void>;
}
/**
 * Puts the script tag of the client on the page.
 *
 * @param url of `dist/shiny-comm.js`; its chunks and fonts are to be beside it
 * @throws (rejects) when it cannot be loaded
 */
export declare function loadClient(url: string): Promise<void>;
