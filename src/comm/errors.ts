/** What can go wrong on a comm, told apart by `name`; every error names the comm it struck. */
import { shorten } from "../util/text.js";

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
export const MAX_MESSAGE_LENGTH = 2_000;

/** The names of this package's errors. They are part of the API: a class keeps its name. */
export type CommErrorName =
  | "CommError"
  | "DecodeError"
  | "EncodeError"
  | "ProtocolVersionError"
  | "UnknownTargetError"
  | "UnknownCommError"
  | "DuplicateCommError"
  | "OpenNotSupportedError"
  | "ClosedCommError"
  | "NotConnectedError"
  | "HandlerError"
  | "ModuleLoadError"
  | "WidgetError";

/**
 * The root of this package's errors. Each class bears its own name in `name`. Where a page has more
 * than one copy of the package, `name` tells the errors of all of them apart ({@link isCommError}), and
 * `instanceof` does not.
 */
export class CommError extends Error {
  override name = "CommError";
  /** The comm that the trouble belongs to, when it is known. */
  readonly comm_id: string | undefined;
  /** The kind of message that brought the trouble, when a message did. */
  readonly kind: MessageKind | undefined;
  /** What the app's author can do about it. */
  readonly advice: string | undefined;

  constructor(message: string, options: CommErrorOptions = {}) {
    super(
      shorten(message, MAX_MESSAGE_LENGTH),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.comm_id = options.comm_id;
    this.kind = options.kind;
    this.advice = options.advice;
  }
}

/** A message from the server is not what the protocol says. */
export class DecodeError extends CommError {
  override name = "DecodeError";
}

/** What was to be sent cannot be put into a message (circular data, a BigInt, a detached buffer). */
export class EncodeError extends CommError {
  override name = "EncodeError";
}

/** The message speaks another major version of the widget protocol. */
export class ProtocolVersionError extends CommError {
  override name = "ProtocolVersionError";
}

/** A comm was opened for a target that nobody registered. */
export class UnknownTargetError extends CommError {
  override name = "UnknownTargetError";
}

/** A message is for a comm that is not open and was not opened in time. */
export class UnknownCommError extends CommError {
  override name = "UnknownCommError";
}

/** A comm with this id is open already. */
export class DuplicateCommError extends CommError {
  override name = "DuplicateCommError";
}

/** The session's server does not take opens from the browser. */
export class OpenNotSupportedError extends CommError {
  override name = "OpenNotSupportedError";
}

/** Something was to be sent on a comm that is closed. */
export class ClosedCommError extends CommError {
  override name = "ClosedCommError";
}

/** There is no Shiny session that could take a message. */
export class NotConnectedError extends CommError {
  override name = "NotConnectedError";
}

/** A callback (target, `on_msg`, `on_close`) threw; its error is the `cause`. */
export class HandlerError extends CommError {
  override name = "HandlerError";
}

/** A widget module or a class in it cannot be had. */
export class ModuleLoadError extends CommError {
  override name = "ModuleLoadError";
}

/** A widget's model or view could not be made; the reason is the `cause`. */
export class WidgetError extends CommError {
  override name = "WidgetError";
}

/**
 * Whether something is an error of this package, whichever copy of the package on the page made it.
 *
 * @param name asks for the errors of one class, such as `"ModuleLoadError"`
 */
export function isCommError(thrown: unknown, name?: CommErrorName): thrown is CommError {
  return (
    thrown instanceof Error &&
    "comm_id" in thrown &&
    "advice" in thrown &&
    (name === undefined || thrown.name === name)
  );
}

/** What a callback for a message threw, as an error that names the comm; an error of this package is one already. */
export function handlerError(comm_id: string, kind: MessageKind, cause: unknown): CommError {
  if (isCommError(cause)) return cause;
  const text = `${kind} for comm ${comm_id}: ${messageOf(cause)}`;
  return new HandlerError(text, { comm_id, kind, cause });
}

/** Takes each error once. Never called with anything but an `Error`. */
export type OnError = (error: Error) => void;

/** The default `onError`: one line in the console, with the comm it struck and the error behind it. */
export const logError: OnError = (error) => {
  const comm_id = isCommError(error) ? error.comm_id : undefined;
  if (comm_id === undefined || error.message.includes(comm_id)) {
    console.error("[shiny-comm]", error);
  } else {
    console.error("[shiny-comm]", `comm ${shorten(comm_id, 200)}:`, error);
  }
};

/** The words of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    // An object without a prototype, for one.
    return Object.prototype.toString.call(thrown);
  }
}
