/** The few members of the Shiny runtime (`window.Shiny`) that are used, as a port: tests pass their own. */
export interface ShinyErrorValue {
    message: string;
    call?: unknown;
    type?: string | string[] | null;
}
/** The parts of Shiny's `OutputBinding` that a binding inherits or overrides. */
export interface ShinyOutputBinding {
    find(scope: unknown): unknown;
    renderValue(el: HTMLElement, value: unknown): unknown;
    renderError(el: HTMLElement, error: ShinyErrorValue): void;
    clearError(el: HTMLElement): void;
}
export interface ShinyBindingRegistry {
    register(binding: ShinyOutputBinding, name: string, priority?: number): void;
}
/** A session's socket: a `WebSocket`, or what a host of apps has put in its place. */
export interface ShinySocket {
    /** 1 when it is open. */
    readonly readyState?: number;
    /** `arraybuffer` where it takes binary frames. */
    readonly binaryType?: string;
    /** Shiny's own listener. */
    onmessage?: ((event: MessageEvent) => unknown) | null;
}
/** There once Shiny has initialised its session. */
export interface ShinyApp {
    /** Whether there is a session; read where `$socket` is missing. */
    isConnected?(): boolean;
    /** `null` when the session is over. */
    $socket?: ShinySocket | null;
    /** Sends inputs, past what may hold them back. */
    sendInput(values: Record<string, unknown>): void;
    /** The last values that were sent, by the inputs' names. */
    $inputValues?: Record<string, unknown>;
    /** What `init` will bear. */
    $initialInput?: Record<string, unknown> | null;
    /** Where each frame waits for its turn. */
    taskQueue?: {
        enqueue(task: () => unknown): unknown;
    };
}
/** As much of the runtime as comms need. */
export interface ShinyPort {
    /** Sets the handler of a name. Handlers must declare one parameter. */
    addCustomMessageHandler(type: string, handler: (payload: unknown) => void): void;
    /** Not there before the session is initialised. */
    setInputValue?(name: string, value: unknown, options?: {
        priority: "event";
    }): void;
    /** Not there before the session is initialised. */
    shinyapp?: ShinyApp | undefined;
}
/** As much of it as outputs need, too. */
export interface ShinyRuntime extends ShinyPort {
    readonly version?: string;
    /** Not in older ones. */
    inDevMode?(): boolean;
    OutputBinding: new () => ShinyOutputBinding;
    outputBindings: ShinyBindingRegistry;
    bindAll?(scope: HTMLElement): unknown;
    renderDependenciesAsync?(dependencies: readonly unknown[]): Promise<void>;
    renderDependencies?(dependencies: readonly unknown[]): void;
}
/** The page's jQuery, as far as it is used: Shiny speaks by jQuery events. */
export interface PageJQuery {
    (target: unknown): {
        find(selector: string): unknown;
        on(event: string, handler: (event: ShinyEvent) => void): unknown;
        off(event: string, handler: (event: ShinyEvent) => void): unknown;
        one(event: string, handler: (event: ShinyEvent) => void): unknown;
    };
    /** What jQuery keeps for an element, and does not document: who listens to what. */
    _data?(target: unknown): {
        events?: ListenersByEvent;
    };
}
type ListenersByEvent = Record<string, readonly {
    readonly handler: object;
}[] | undefined>;
/** Notes of a listener to `shiny:message` that it has no interest in the messages of comms. */
export declare function markIndifferent(listener: object): void;
/** Whether anybody listens to each message that Shiny takes, or may do so: then comms' must be among them. */
export declare function isFollowed(): boolean;
export declare const OPEN = 1;
/** A `shiny:message` event bears the frame. */
export interface ShinyEvent {
    message?: Record<string, unknown>;
}
/** The runtime on this page, or `undefined` when Shiny has not been loaded. */
export declare function shinyRuntime(): ShinyRuntime | undefined;
/**
 * Calls back as soon as there is a runtime on the page: at once, or when its script has been run,
 * which is before its first session begins.
 *
 * @returns the undo
 */
export declare function whenShiny(callback: (shiny: ShinyRuntime) => void): () => void;
/** Settles when the page is there and the socket of Shiny's session is open. */
export declare function whenConnected(): Promise<void>;
/** Settles when Shiny has dealt with all that is under way or in its queue now. */
export declare function shinyDone(): Promise<void>;
/** The page's jQuery, which Shiny always brings. */
export declare function pageJQuery(): PageJQuery | undefined;
export {};
