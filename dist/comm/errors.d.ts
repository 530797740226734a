/** The kinds of message that the server sends. */
export type MessageKind = "comm_open" | "comm_msg" | "comm_close";
/** Details of an error. */
export interface CommErrorOptions {
    /** The id of the comm that the error concerns, if known. */
    comm_id?: string | undefined;
    /** The kind of the message that caused the error, if a message did. */
    kind?: MessageKind | undefined;
    /** The error that caused this one. */
    cause?: unknown;
    /** Advice to the app's author, in imperative sentences. */
    advice?: string | undefined;
}
/** The maximum length of an error's message, in characters: server data is unbounded. */
export declare const MAX_MESSAGE_LENGTH = 2000;
/**
 * The fault that an error reports:
 *
 * - `"DECODE"`: a message from the server does not follow the protocol.
 * - `"ENCODE"`: data cannot be written into a message (circular data, a `BigInt`, a detached buffer).
 * - `"PROTOCOL_VERSION"`: the server uses another major version of the widget protocol.
 * - `"UNKNOWN_TARGET"`: the server opened a comm for a target that is not registered.
 * - `"UNKNOWN_COMM"`: a message is for a comm that was not opened in time.
 * - `"DUPLICATE_COMM"`: a comm with this id is already open.
 * - `"OPEN_NOT_SUPPORTED"`: the server does not support comms that the browser opens.
 * - `"COMM_CLOSED"`: the caller used a comm after it was closed.
 * - `"NOT_CONNECTED"`: no Shiny session exists that could send the message.
 * - `"OVERFLOW"`: more messages wait for a listener than are kept.
 * - `"HANDLER"`: code of the page threw: a target, a listener or a policy; its error is the `cause`.
 * - `"MODULE_LOAD"`: a widget module, or a class in it, cannot be loaded.
 * - `"WIDGET"`: a widget's model or view cannot be created; the reason is the `cause`.
 * - `"CLIENT_LOAD"`: the chunks of `shiny-comm.js` cannot be loaded.
 * - `"SETTINGS"`: the page's `#shiny-comm-settings` are invalid.
 */
export type CommErrorCode = "DECODE" | "ENCODE" | "PROTOCOL_VERSION" | "UNKNOWN_TARGET" | "UNKNOWN_COMM" | "DUPLICATE_COMM" | "OPEN_NOT_SUPPORTED" | "COMM_CLOSED" | "NOT_CONNECTED" | "OVERFLOW" | "HANDLER" | "MODULE_LOAD" | "WIDGET" | "CLIENT_LOAD" | "SETTINGS";
/**
 * The class of all errors of this package; `code` identifies the fault. `instanceof CommError` recognizes
 * the errors of every copy of the package on the page.
 *
 * @example
 * ```ts
 * import { CommError } from "shiny-comm";
 *
 * const error = new CommError("HANDLER", "cannot draw the chart: no data", { comm_id: "c1" });
 * console.log(String(error)); // CommError [HANDLER]: cannot draw the chart: no data
 * console.log(error.code, error.comm_id); // HANDLER c1
 * ```
 */
export declare class CommError extends Error {
    /** The fault. */
    readonly code: CommErrorCode;
    /** The id of the comm that the error concerns, if known. */
    readonly comm_id: string | undefined;
    /** The kind of the message that caused the error, if a message did. */
    readonly kind: MessageKind | undefined;
    /** Advice to the app's author, with a link. */
    readonly advice: string | undefined;
    /** @param message is shortened to 2,000 characters */
    constructor(code: CommErrorCode, message: string, options?: CommErrorOptions);
    /** Recognizes the errors of every copy of the package on the page. */
    static [Symbol.hasInstance](value: unknown): value is CommError;
}
/**
 * Returns whether a value is an error of this package, of any copy on the page.
 *
 * @example
 * ```ts
 * import { connect, isCommError } from "shiny-comm";
 *
 * const connection = connect();
 * connection.close();
 * try {
 *   await connection.openComm("my.target");
 * } catch (error) {
 *   if (!isCommError(error, "NOT_CONNECTED")) throw error;
 *   console.log(error.message); // cannot open a comm for "my.target": this connection is closed
 * }
 * ```
 * @param code asks for the errors with this code
 */
export declare function isCommError(thrown: unknown, code?: CommErrorCode): thrown is CommError;
/** Returns the error for a value that a message handler threw. An error of this package is returned unchanged. */
export declare function handlerError(comm_id: string, kind: MessageKind, cause: unknown): CommError;
/** Receives each error once. */
export type OnError = (error: Error) => void;
/** The default `onError`: writes one line to the console, with the comm's id and the error. */
export declare const logError: OnError;
/** Returns a thrown value as an error: any value can be thrown. */
export declare function asError(thrown: unknown): Error;
/** Returns the message of any thrown value. */
export declare function messageOf(thrown: unknown): string;
