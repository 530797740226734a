/** The object that all copies of this package on a page share. Its type is the contract between their versions. */
import type { Comm, CommTarget, OpenOptions } from "../comm/comm.js";
import type { Transport } from "../comm/comm-manager.js";
import type { CommManagerState, CommTap } from "../comm/tap.js";
import type { InputSender } from "../shiny/input-sender.js";
import type { Session } from "../shiny/session.js";
/** The key of the object on `globalThis`. The number is the major version of this package. */
export declare const PAGE_KEY: unique symbol;
/**
 * The shared state of a page. Objects cross from copy to copy, so no copy tests them with `instanceof` of its
 * own classes.
 */
export interface SharedPage {
    /** The version of the contract that the object follows. */
    readonly version: number;
    /** The registered widget modules, in the order of registration. */
    readonly modules: RegisteredModule[];
    /** The listeners for errors. */
    readonly errorListeners: Set<ErrorListener>;
    /** The policy that `setPacing` set. */
    pacing?: PacingPolicy | undefined;
    /** Whether the script tag's client is on the page; another copy of the script does nothing. */
    script?: boolean;
    /** The page's one connection to Shiny. */
    connection?: SharedConnection | undefined;
}
/**
 * Returns a key for a custom message that may be throttled, or `undefined` for one that must reach the server.
 * One message of each key is in flight at a time. Only the newest of the waiting messages is sent.
 *
 * @param content the content that a model sends with `send(content)`
 */
export type Throttle = (content: unknown) => string | undefined;
/** The page's settings for pacing. */
export interface PacingPolicy {
    /**
     * The names of events (`type` or `event` of the content) to throttle, or a function. An empty list throttles
     * no message. By default `THROTTLED_EVENTS`.
     */
    throttle?: readonly string[] | Throttle;
}
/** A widget module that a package registers, so that neither AMD nor a CDN is needed. */
export interface RegisteredModule {
    /** The name of the module, as in `_model_module` and `_view_module`. */
    readonly name: string;
    /** The version of the module, not a range. */
    readonly version: string;
    readonly load: (host: WidgetModuleHost) => unknown;
}
/** The page's widget modules, for the loader of a module. */
export interface WidgetModuleHost {
    /**
     * Loads another widget module as a model would: `@jupyter-widgets/base` and `@jupyter-widgets/controls` are
     * the page's copies, whose classes the page's models and views extend.
     *
     * @param version a version or a semver range, `*` by default
     * @returns the module's exports
     */
    load<T = Record<string, unknown>>(name: string, version?: string): Promise<T>;
}
/** An error that is being reported. */
export interface ErrorReport {
    /** The error, with the comm's id where the error belongs to a comm. */
    readonly error: Error;
    /** Whether a listener has handled the error. */
    readonly defaultPrevented: boolean;
    /** Keeps the error from the console, for the whole page. */
    preventDefault(): void;
}
/** Receives the errors of all copies of the package. */
export type ErrorListener = (report: ErrorReport) => void;
/** The page's connection to Shiny. */
export interface SharedConnection {
    /** The session of the page. */
    readonly session: Session;
    /** Sends a text to the server, as soon as a session is open. */
    readonly sender: InputSender;
    /** Counts one more user. @returns the undo; the last undo ends the connection */
    join(): () => void;
    /** Registers the target of a name. @returns the undo */
    register_target(target_name: string, target: CommTarget): () => void;
    /** Opens a comm from the browser. */
    openComm(target_name: string, options?: OpenOptions): Promise<Comm>;
    /** Returns an open comm. */
    get_comm(comm_id: string): Comm | undefined;
    /** Returns the ids of all open comms. */
    commIds(): string[];
    /** Closes all comms, as a new session does. Sends nothing. */
    closeAll(): void;
    /** Replaces the transport of the comms. */
    setTransport(transport: Transport): void;
    /** The comm manager's internals, for an inspector. */
    readonly debug: CommDebug;
}
/** The internals of a comm manager, for an inspector. */
interface CommDebug {
    inspect(): CommManagerState;
    /** The observer of all messages, while an inspector is open. */
    tap?: CommTap | undefined;
}
/**
 * Returns the page's object. The first call makes the object.
 *
 * @throws {CommError} `NOT_CONNECTED` if a copy of the package follows another version of the contract
 */
export declare function sharedPage(): SharedPage;
export {};
