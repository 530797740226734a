/** What all copies of this package on a page share: one object, whose shape is the contract between their versions. */
import type { Comm, JupyterCommTarget, OpenOptions } from "../comm/comm.js";
import type { Transport } from "../comm/comm-manager.js";
import type { MessageKind } from "../comm/messages.js";
import type { CommManagerState, CommTap } from "../comm/tap.js";
import type { PacingPolicy } from "./pacing.js";
/**
 * Where the object is. The number is the major version of this package: copies of one major share
 * the object, whatever else their versions are.
 */
export declare const PAGE_KEY: unique symbol;
/**
 * What copies of one major share.
 *
 * Within a major a member is never taken away and never changes its meaning. A newer version may add
 * some; as an older copy may have made the object, a newer one adds what it lacks
 * ({@link sharedPage}), and takes methods of {@link PageConnection} and {@link PageComms} that came
 * later than the first revision for granted only where their `revision` says so. Objects cross from
 * copy to copy, so none is told by `instanceof`.
 */
export interface SharedPage {
    /** Widget modules that were registered, in that order. */
    readonly modules: RegisteredModule[];
    /** Who hears of errors. */
    readonly errorListeners: Set<ErrorListener>;
    /** Set by `setPacing`. */
    pacing?: PacingPolicy | undefined;
    /** The script tag's client is on the page; another copy of the script leaves it alone. */
    script?: boolean;
    /** The page's one connection to Shiny. */
    connection?: PageConnection | undefined;
}
/** A widget module that a package brings along, so that neither AMD nor a CDN is needed. */
export interface RegisteredModule {
    /** As in `_model_module` and `_view_module`. */
    readonly name: string;
    /** A version, not a range. */
    readonly version: string;
    readonly load: (host: WidgetModuleHost) => unknown;
}
/** What a widget module may use of the page. */
export interface WidgetModuleHost {
    /**
     * Loads another widget module as a model would: `@jupyter-widgets/base` and
     * `@jupyter-widgets/controls` are those of the page, with whose classes its own models and views are made.
     *
     * @param version a version or a semver range, `*` by default
     * @returns the module's exports
     */
    load<T = Record<string, unknown>>(name: string, version?: string): Promise<T>;
}
/**
 * Takes an error. Who returns `false` has only looked at it: when nobody takes an error, it is
 * written to the console.
 */
export type ErrorListener = (error: Error) => unknown;
/** A connection to Shiny, whoever made it. */
export interface PageConnection {
    readonly revision: number;
    /** Counts one user more. @returns the undo; when the last one has left, the connection ends */
    join(): () => void;
    /** @returns the undo */
    register_target(target_name: string, target: JupyterCommTarget): () => void;
    openComm(target_name: string, options?: OpenOptions): Promise<Comm>;
    get_comm(comm_id: string): Comm | undefined;
    commIds(): string[];
    /** The comms behind the connection; the script tag's come with its chunks. */
    readonly comms: PageComms | undefined;
    /**
     * Offers to make the comms. That is taken up when those of the script tag cannot be loaded: a
     * package has the code for comms with it.
     */
    offer(make: () => PageComms): void;
}
/** The comms of a connection, and the beginnings of its sessions. */
export interface PageComms {
    readonly revision: number;
    readonly manager: {
        register_target(target_name: string, target: JupyterCommTarget): () => void;
        get_comm(comm_id: string): Comm | undefined;
        commIds(): string[];
        inspect(): CommManagerState;
        /** Whoever watches; set by an inspector while it is open. */
        tap?: CommTap | undefined;
    };
    openComm(target_name: string, options?: OpenOptions): Promise<Comm>;
    /** @returns the undo */
    onSession(listener: SessionListener): () => void;
    /**
     * Puts a transport of the caller's between the comms and the outlet: that of widgets, which paces
     * what their models send.
     *
     * @returns that transport
     */
    pace<T extends PacedTransport>(make: (outlet: Outlet) => T): T;
    /** Takes what comes from the Shiny runtime. */
    readonly sink: MessageSink;
    stop(): void;
}
/** Takes the messages that come from the Shiny runtime, and hears of its sessions. */
export interface MessageSink {
    message(kind: MessageKind, payload: unknown): void;
    /** A new session begins: whatever came before is not of it. May be told more than once. */
    sessionBegins(): void;
    /**
     * The session's server has announced what it can do; or, with `undefined`, it has not and will
     * not: it has been idle.
     */
    server?(announcement: unknown): void;
    /** There is no session any more. */
    sessionEnds?(): void;
}
/** Where texts leave for the server. */
export interface Outlet {
    /** @returns whether the text is on its way */
    put(comm_id: string, text: string, input?: string): boolean;
    /** Reports that something of a comm's cannot be sent. */
    drop(comm_id: string): void;
    /** Whether the session's server wants to hear of closes. */
    takesCloses(): boolean;
    /** For an inspector to read. */
    inspect(): OutletState;
}
export interface OutletState {
    /** How many texts wait for a session. */
    readonly held: number;
    readonly session: "starting" | "open" | "over";
}
export interface PacedTransport extends Transport {
    /** Follows the session and the server's work. @returns the undo */
    listen(): () => void;
}
/** Hears that a new session begins. May be told more than once a session. */
export interface SessionListener {
    /** The comms of the old session are about to be closed. */
    ending(): void;
    /** They have been. */
    ended(): void;
}
/** The page's object; made when there is none. */
export declare function sharedPage(): SharedPage;
