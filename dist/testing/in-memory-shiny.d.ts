import type { ShinyPort, ShinyRuntime } from "../shiny/runtime.js";
import { type InputOptions } from "./inputs.js";
import { BindingRegistry } from "./outputs.js";
import { type ServerOptions, ServerSession } from "./server-session.js";
import { InMemoryApp } from "./shiny-app.js";
/** Options of {@link createShiny}. */
export interface ShinyOptions extends ServerOptions {
    /**
     * Receives the errors of message handlers and of callbacks on the server. By default, the next
     * {@link InMemoryShiny.idle} rejects with them.
     */
    onError?: (error: Error) => void;
}
/** The runtime of the page, with the members that tests call. Optional members exist once Shiny is initialized. */
export interface InMemoryRuntime extends ShinyPort {
    /** Resolves when the first session has started. */
    readonly initializedPromise: Promise<void>;
    /** Sets an input. */
    setInputValue?(name: string, value: unknown, options?: {
        priority?: "deferred" | "immediate" | "event";
    }): void;
    /** Makes the runtime send an unchanged value again. */
    forgetLastInputValue?(name: string): void;
    /** Binds the outputs in a scope, an element or a jQuery object. */
    bindAll?(scope?: unknown): Promise<void>;
    /** Unbinds the outputs in a scope. */
    unbindAll?(scope?: unknown, includeSelf?: boolean): void;
}
/** The whole runtime, for clients. */
export interface FullRuntime extends InMemoryRuntime, ShinyRuntime {
    readonly outputBindings: BindingRegistry;
    setInputValue?(name: string, value: unknown, options?: InputOptions): void;
    /** The old name of `setInputValue`. */
    onInputChange?(name: string, value: unknown, options?: InputOptions): void;
    shinyapp?: InMemoryApp | undefined;
    bindAll?(scope?: unknown): Promise<void>;
}
/**
 * Creates a Shiny without a server.
 *
 * @example
 * ```ts
 * import { connect } from "shiny-comm";
 * import { createShiny, ServerComm } from "shiny-comm/testing";
 *
 * const shiny = createShiny();
 * connect({ runtime: shiny.runtime }).register_target("echo", (comm) => {
 *   comm.on_msg(({ content }) => comm.send({ echo: content.data.text }));
 * });
 * const session = await shiny.connect();
 * const comm = new ServerComm({ comm_id: "c1", target_name: "echo", commManager: session.comms });
 * comm.send({ text: "hello" });
 * const answer = await comm.nextMessage();
 * console.log(answer.content.data.echo); // hello
 * ```
 */
export declare function createShiny(options?: ShinyOptions): InMemoryShiny;
/** A Shiny without a server; {@link createShiny} creates it. */
export declare class InMemoryShiny {
    #private;
    constructor(options?: ShinyOptions);
    /** The runtime, which is `window.Shiny` on a page. */
    get runtime(): InMemoryRuntime;
    /** The open session. */
    get session(): ServerSession | undefined;
    /**
     * Sets this Shiny as `globalThis.Shiny`. A page without jQuery gets a replacement with jQuery's events.
     * Node gets a document that contains the elements of a test:
     * `document.elements.set(".shiny-submit-button", {})`.
     *
     * @returns the undo
     */
    install(): () => void;
    /**
     * Initializes Shiny, as a loaded page does: adds `setInputValue` and `shinyapp`, and binds the page's
     * outputs. {@link InMemoryShiny.connect} calls this method, if necessary.
     */
    initialize(): Promise<void>;
    /**
     * Starts the first session, or a new one after the last session has ended.
     *
     * @returns the server's end of the session, when the browser is connected and the server function has run
     * @throws (rejects) when a session is already open
     */
    connect(): Promise<ServerSession>;
    /** Ends the session, as a network failure does. {@link InMemoryShiny.connect} starts the next one. */
    disconnect(): void;
    /** Sends the deferred inputs, as the submit button does. */
    submit(): void;
    /**
     * Waits until both sides have handled all messages. Shiny's task queue is empty then, the server is idle,
     * and a turn of the event loop adds no work. Loads, timers and animation frames of widgets are not awaited;
     * wait for their result instead.
     *
     * @throws (rejects) with the errors of handlers and callbacks since the last call, without an `onError`
     */
    idle(): Promise<void>;
}
/**
 * Adds the script tag of the client to the page.
 *
 * @example
 * ```ts
 * import { anywidgetState, createShiny, loadClient } from "shiny-comm/testing";
 *
 * const shiny = createShiny();
 * shiny.install();
 * await loadClient("/node_modules/shiny-comm/dist/shiny-comm.js");
 * const session = await shiny.connect();
 * const esm = "export default { render({ el }) { el.textContent = 'drawn'; } }";
 * session.output("plot", session.open(anywidgetState({ esm })));
 * await shiny.idle();
 * ```
 * @param url the address of `dist/shiny-comm.js`, next to its chunks and fonts
 * @throws (rejects) when the script cannot be loaded
 */
export declare function loadClient(url: string): Promise<void>;
