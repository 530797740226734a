/** A connection to one Shiny runtime: its session, its comms and its users. */
import type { Comm, CommTarget, OpenOptions } from "../comm/comm.js";
import { ShinyCommManager, type Transport } from "../comm/comm-manager.js";
import { type FrameInterceptor } from "../shiny/frame-negotiation.js";
import { InputSender } from "../shiny/input-sender.js";
import { type MessageReceiver } from "../shiny/message-handlers.js";
import { type ShinyPort, type ShinySocket } from "../shiny/runtime.js";
import { ShinySession } from "../shiny/session.js";
import { type SharedConnection } from "./shared-page.js";
/** Makes the interceptor of a socket's frames. */
export type InterceptFrames = (options: {
    socket: ShinySocket;
    shiny: ShinyPort;
    session: ShinySession;
    receive: MessageReceiver["receive"];
    bytesAsText: (isComm: boolean) => boolean;
}) => FrameInterceptor;
export interface PageConnectionOptions {
    /** Returns the runtime, or `undefined` before Shiny has loaded. */
    runtime: () => ShinyPort | undefined;
    /** Calls back as soon as the runtime exists. Returns the undo. */
    whenRuntime: (callback: (shiny: ShinyPort) => void) => () => void;
    /** Called after the last user has left. */
    onEnd: () => void;
    /** Without an interceptor, all frames go through Shiny's own dispatch. */
    interceptFrames?: InterceptFrames | undefined;
}
export declare class PageConnection implements SharedConnection {
    #private;
    readonly session: ShinySession;
    readonly sender: InputSender;
    constructor({ runtime, whenRuntime, onEnd, interceptFrames }: PageConnectionOptions);
    get debug(): ShinyCommManager;
    join(): () => void;
    register_target(target_name: string, target: CommTarget): () => void;
    openComm(target_name: string, options?: OpenOptions): Promise<Comm>;
    get_comm(comm_id: string): Comm | undefined;
    commIds(): string[];
    closeAll(): void;
    setTransport(transport: Transport): void;
}
/** Returns the page's connection. The first call makes the connection. */
export declare function pageConnection(interceptFrames?: InterceptFrames): SharedConnection;
