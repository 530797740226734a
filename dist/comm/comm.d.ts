import type { CommCloseMessage, CommMsgMessage, CommOpenMessage, OutgoingMessage } from "./messages.js";
/** Bytes that go beside the data of a message. Of a view, those are sent that it shows. */
export type Buffers = readonly (ArrayBuffer | ArrayBufferView)[];
/** Takes a message; what it returns is awaited before the next one. */
export type MsgCallback = (message: CommMsgMessage) => unknown;
/** Hears that a comm was closed by the server, or with the session. */
export type CloseCallback = (message: CommCloseMessage) => unknown;
/**
 * What widget models have told of the messages that they send; the shape is Jupyter's. On a page with
 * the widgets' client `iopub.status` is called once, with `content.execution_state` `"idle"`, when the
 * server has dealt with the message; elsewhere nothing is called.
 */
export interface Callbacks {
    /** Jupyter's name for what the server tells of its work. */
    iopub?: {
        [name: string]: ((message: never) => void) | undefined;
    };
}
/** One comm: the browser's end of a channel. Its names are Jupyter's. */
export interface Comm {
    /** 32 hex digits, as a rule. */
    readonly comm_id: string;
    /** Whom it was opened for. */
    readonly target_name: string;
    /** By either side, or with the session. */
    readonly closed: boolean;
    /**
     * Sends a message to the server's end.
     *
     * @param data anything that JSON has
     * @param buffers sent beside the data, as bytes
     * @returns an id of this message's own
     * @throws {CommError} `COMM_CLOSED` when the comm is closed
     * @throws {CommError} `ENCODE` when the message cannot be written
     */
    send(data: unknown, callbacks?: Callbacks, metadata?: object, buffers?: Buffers): string;
    /**
     * Closes the comm: nothing is sent and nothing delivered any more. A server that announced that it
     * takes opens from the browser is told; any other is not. A second close does nothing.
     */
    close(data?: unknown, callbacks?: Callbacks, metadata?: object, buffers?: Buffers): string;
    /** Sets the callback for messages. What it returns is awaited before the next message. */
    on_msg(callback: MsgCallback): void;
    /** Sets the callback for the server's close, and for the end of the session. */
    on_close(callback: CloseCallback): void;
}
/** A comm with all members that Jupyter's have (`IClassicComm`): what widget models take. */
export interface JupyterComm extends Comm {
    /**
     * A comm is open when one has it; with data, a first message is sent.
     *
     * @returns the id of the message, or `""` when nothing was sent
     * @throws {CommError} `COMM_CLOSED` when the comm is closed
     */
    open(data?: unknown, callbacks?: Callbacks, metadata?: object, buffers?: Buffers): string;
}
/** Called when the server opens a comm; what it returns is awaited before the comm's first message. */
export type CommTarget = (comm: Comm, message: CommOpenMessage) => unknown;
/** The same, as widgets need it. */
export type JupyterCommTarget = (comm: JupyterComm, message: CommOpenMessage) => unknown;
/** What an open from the browser bears. */
export interface OpenOptions {
    /** Anything that JSON has an object for; `{}` by default. */
    data?: object;
    /** Anything about the data; `{}` by default. */
    metadata?: object;
    /** Sent beside the data, as bytes. */
    buffers?: Buffers;
}
/** Where a comm's messages go. */
export interface CommChannel {
    /**
     * Takes a message for the server.
     *
     * @returns the message's own id
     */
    send(message: OutgoingMessage, callbacks: Callbacks | undefined): string;
    /** The comm was closed; `farewell` is for the server, when it was this side that closed it. */
    closed(comm: ShinyComm, farewell?: OutgoingMessage): void;
}
/** A comm whose messages go through a channel. */
export declare class ShinyComm implements JupyterComm {
    #private;
    readonly comm_id: string;
    readonly target_name: string;
    constructor(comm_id: string, target_name: string, channel: CommChannel);
    get closed(): boolean;
    open(data?: unknown, callbacks?: Callbacks, metadata?: object, buffers?: Buffers): string;
    send(data: unknown, callbacks?: Callbacks, metadata?: object, buffers?: Buffers): string;
    /** @returns `""`, as nothing answers a close */
    close(data?: unknown, _callbacks?: Callbacks, metadata?: object, buffers?: Buffers): string;
    on_msg(callback: MsgCallback): void;
    on_close(callback: CloseCallback): void;
    /** Delivers a message. */
    handle_msg(message: CommMsgMessage): unknown;
    /** Delivers the server's close; afterwards the comm is closed. */
    handle_close(message: CommCloseMessage): unknown;
}
