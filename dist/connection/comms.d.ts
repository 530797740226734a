/** The comms of one connection to Shiny: their manager, the way to the server, and the sessions' beginnings. */
import type { Comm, OpenOptions } from "../comm/comm.js";
import { ShinyCommManager } from "../comm/comm-manager.js";
import type { OnError } from "../comm/errors.js";
import type { ShinyPort } from "../shiny/runtime.js";
import type { MessageSink, Outlet, PacedTransport, PageComms, SessionListener } from "./shared-page.js";
export interface ShinyCommsOptions {
    /** Read anew each time: the session comes after the runtime, and may go. */
    runtime: () => ShinyPort | undefined;
    onError: OnError;
}
export declare class ShinyComms implements PageComms {
    #private;
    readonly revision = 1;
    readonly manager: ShinyCommManager;
    readonly sink: MessageSink;
    constructor({ runtime, onError }: ShinyCommsOptions);
    openComm(target_name: string, options?: OpenOptions): Promise<Comm>;
    onSession(listener: SessionListener): () => void;
    pace<T extends PacedTransport>(make: (outlet: Outlet) => T): T;
    stop(): void;
}
