/** The kinds of message that the server sends. */
export type MessageKind = "comm_open" | "comm_msg" | "comm_close";
/** What an error says beside its message. */
export interface CommErrorOptions {
    /** The comm that the trouble belongs to, when it is known. */
    comm_id?: string | undefined;
    /** The kind of message that brought the trouble, when a message did. */
    kind?: MessageKind | undefined;
    /** The error behind it. */
    cause?: unknown;
    /** What the app's author can do about it, in a sentence or two. */
    advice?: string | undefined;
}
/** The maximum length of an error's message, in characters: server data is unbounded. */
export declare const MAX_MESSAGE_LENGTH = 2000;
/** The names of this package's errors. They are part of the API: a class keeps its name. */
export type CommErrorName = "CommError" | "DecodeError" | "EncodeError" | "ProtocolVersionError" | "UnknownTargetError" | "UnknownCommError" | "DuplicateCommError" | "OpenNotSupportedError" | "ClosedCommError" | "NotConnectedError" | "HandlerError" | "ModuleLoadError" | "WidgetError";
/**
 * The root of this package's errors. Each class bears its own name in `name`. Where a page has more
 * than one copy of the package, `name` tells the errors of all of them apart ({@link isCommError}), and
 * `instanceof` does not.
 */
export declare class CommError extends Error {
    name: string;
    /** The comm that the trouble belongs to, when it is known. */
    readonly comm_id: string | undefined;
    /** The kind of message that brought the trouble, when a message did. */
    readonly kind: MessageKind | undefined;
    /** What the app's author can do about it. */
    readonly advice: string | undefined;
    constructor(message: string, options?: CommErrorOptions);
}
/** A message from the server is not what the protocol says. */
export declare class DecodeError extends CommError {
    name: string;
}
/** What was to be sent cannot be put into a message (circular data, a BigInt, a detached buffer). */
export declare class EncodeError extends CommError {
    name: string;
}
/** The message speaks another major version of the widget protocol. */
export declare class ProtocolVersionError extends CommError {
    name: string;
}
/** A comm was opened for a target that nobody registered. */
export declare class UnknownTargetError extends CommError {
    name: string;
}
/** A message is for a comm that is not open and was not opened in time. */
export declare class UnknownCommError extends CommError {
    name: string;
}
/** A comm with this id is open already. */
export declare class DuplicateCommError extends CommError {
    name: string;
}
/** The session's server does not take opens from the browser. */
export declare class OpenNotSupportedError extends CommError {
    name: string;
}
/** Something was to be sent on a comm that is closed. */
export declare class ClosedCommError extends CommError {
    name: string;
}
/** There is no Shiny session that could take a message. */
export declare class NotConnectedError extends CommError {
    name: string;
}
/** A callback (target, `on_msg`, `on_close`) threw; its error is the `cause`. */
export declare class HandlerError extends CommError {
    name: string;
}
/** A widget module or a class in it cannot be had. */
export declare class ModuleLoadError extends CommError {
    name: string;
}
/** A widget's model or view could not be made; the reason is the `cause`. */
export declare class WidgetError extends CommError {
    name: string;
}
/**
 * Whether something is an error of this package, whichever copy of the package on the page made it.
 *
 * @param name asks for the errors of one class, such as `"ModuleLoadError"`
 */
export declare function isCommError(thrown: unknown, name?: CommErrorName): thrown is CommError;
/** What a callback for a message threw, as an error that names the comm; an error of this package is one already. */
export declare function handlerError(comm_id: string, kind: MessageKind, cause: unknown): CommError;
/** Takes each error once. Never called with anything but an `Error`. */
export type OnError = (error: Error) => void;
/** The default `onError`: one line in the console, with the comm it struck and the error behind it. */
export declare const logError: OnError;
/** The words of anything that was thrown. */
export declare function messageOf(thrown: unknown): string;
