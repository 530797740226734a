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
    /** What the app's author can do about the error, in imperative sentences. */
    advice?: string | undefined;
}
/** The maximum length of an error's message, in characters: server data is unbounded. */
export declare const MAX_MESSAGE_LENGTH = 2000;
/**
 * What went wrong:
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
 * The class of all errors of this package; `code` tells them apart. `instanceof CommError` recognizes
 * the errors of every copy of the package on the page.
 */
export declare class CommError extends Error {
    /** What went wrong. */
    readonly code: CommErrorCode;
    /** The id of the comm that the error concerns, if known. */
    readonly comm_id: string | undefined;
    /** The kind of the message that caused the error, if a message did. */
    readonly kind: MessageKind | undefined;
    /** What the app's author can do about the error, with a link. */
    readonly advice: string | undefined;
    /** @param message is shortened to 2,000 characters */
    constructor(code: CommErrorCode, message: string, options?: CommErrorOptions);
    /** Recognizes the errors of every copy of the package on the page. */
    static [Symbol.hasInstance](value: unknown): value is CommError;
}
/**
 * Returns whether a value is an error of this package, of any copy on the page.
 *
 * @param code asks for the errors with this code
 */
export declare function isCommError(thrown: unknown, code?: CommErrorCode): thrown is CommError;
/** What a callback for a message threw, as an error that names the comm; an error of this package is one already. */
export declare function handlerError(comm_id: string, kind: MessageKind, cause: unknown): CommError;
/** Takes each error once. Never called with anything but an `Error`. */
export type OnError = (error: Error) => void;
/** The default `onError`: one line in the console, with the comm it struck and the error behind it. */
export declare const logError: OnError;
/** The words of anything that was thrown. */
export declare function messageOf(thrown: unknown): string;
