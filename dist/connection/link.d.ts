/** A connection to Shiny that many may use: keeps what they ask for until its comms are there. */
import type { Comm, JupyterCommTarget, OpenOptions } from "../comm/comm.js";
import type { PageComms, PageConnection } from "./shared-page.js";
export declare class PageLink implements PageConnection {
    #private;
    readonly revision = 1;
    comms: PageComms | undefined;
    /** @param onEnd called when the last user has left; the comms have been stopped then */
    constructor(onEnd: () => void);
    /** Gives the connection its comms. */
    serve(comms: PageComms): void;
    offer(make: () => PageComms): void;
    /** The comms that were to come cannot be had: those that are or will be offered serve instead. */
    takeOffers(): Promise<PageComms>;
    join(): () => void;
    register_target(name: string, target: JupyterCommTarget): () => void;
    openComm(target_name: string, options?: OpenOptions): Promise<Comm>;
    get_comm(comm_id: string): Comm | undefined;
    commIds(): string[];
}
