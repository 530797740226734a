/** One comm: the browser's end of a channel, the counterpart of shinywidgets' `ShinyComm`. */
import type { ICallbacks, IClassicComm } from "@jupyter-widgets/base";
import type { CommCloseMessage, CommMsgMessage, OutgoingMessage } from "./messages.js";
export type Buffers = ArrayBuffer[] | ArrayBufferView[];
export type MsgCallback = (message: CommMsgMessage) => unknown;
export type CloseCallback = (message: CommCloseMessage) => unknown;
/** Where a comm's messages go. */
export interface CommChannel {
    /**
     * Takes a message for the server.
     *
     * @returns the message's own id
     */
    send(message: OutgoingMessage, callbacks: ICallbacks | undefined): string;
    /** The comm was closed on this side. */
    closed(comm: ShinyComm): void;
}
/**
 * A comm, with the interface that widget models expect of one.
 *
 * The stock server knows neither opens nor closes from the browser, so `open` and `close` put
 * nothing on the wire: they change this side alone.
 */
export declare class ShinyComm implements IClassicComm {
    #private;
    readonly comm_id: string;
    readonly target_name: string;
    constructor(comm_id: string, target_name: string, channel: CommChannel);
    get closed(): boolean;
    /**
     * The comm is open from its construction on; with data, a first message is sent.
     *
     * @returns the id of the message, or `""` when nothing was sent
     * @throws {ClosedCommError} when the comm is closed
     */
    open(data?: unknown, callbacks?: ICallbacks, metadata?: object, buffers?: Buffers): string;
    /**
     * Sends a message to the server's end.
     *
     * @returns an id of this message's own
     * @throws {ClosedCommError} when the comm is closed
     * @throws {EncodeError} when the message cannot be written
     */
    send(data: unknown, callbacks?: ICallbacks, metadata?: object, buffers?: Buffers): string;
    /**
     * Closes this side: nothing is sent and nothing delivered any more. A second close does nothing.
     *
     * @returns `""`, as no message is sent
     */
    close(_data?: unknown, _callbacks?: ICallbacks, _metadata?: object, _buffers?: Buffers): string;
    /** Sets the callback for messages. What it returns is awaited before the next message. */
    on_msg(callback: MsgCallback): void;
    /** Sets the callback for the server's close. */
    on_close(callback: CloseCallback): void;
    /** Delivers a message. */
    handle_msg(message: CommMsgMessage): unknown;
    /** Delivers the server's close; afterwards the comm is closed. */
    handle_close(message: CommCloseMessage): unknown;
}
