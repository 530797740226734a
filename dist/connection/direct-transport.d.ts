/** The transport of comms without widgets: sends each message immediately. */
import type { Transport } from "../comm/comm-manager.js";
import { type OutgoingMessage } from "../comm/messages.js";
import type { InputSender } from "../shiny/input-sender.js";
import type { Session } from "../shiny/session.js";
export interface DirectTransportOptions {
    sender: InputSender;
    session: Session;
}
export declare class DirectTransport implements Transport {
    protected readonly sender: InputSender;
    protected readonly session: Session;
    constructor({ sender, session }: DirectTransportOptions);
    send({ comm_id }: OutgoingMessage, text: string, _onIdle?: () => void): string;
    open({ comm_id }: OutgoingMessage, text: string): void;
    close({ comm_id }: OutgoingMessage, text: () => string): void;
}
