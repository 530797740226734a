/** The way to the server of comms without widgets: everything is sent at once. */
import type { Transport } from "../comm/comm-manager.js";
import { type OutgoingMessage } from "../comm/messages.js";
import type { Outlet } from "./shared-page.js";
export declare class PlainTransport implements Transport {
    #private;
    constructor(outlet: Outlet);
    send({ comm_id }: OutgoingMessage, text: string): string;
    open({ comm_id }: OutgoingMessage, text: string): void;
    close({ comm_id }: OutgoingMessage, text: () => string): void;
}
