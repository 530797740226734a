/** The error class of this package, and the texts of errors. */
import { shorten } from "../util/text.js";

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
export const MAX_MESSAGE_LENGTH = 2_000;

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
export type CommErrorCode =
  | "DECODE"
  | "ENCODE"
  | "PROTOCOL_VERSION"
  | "UNKNOWN_TARGET"
  | "UNKNOWN_COMM"
  | "DUPLICATE_COMM"
  | "OPEN_NOT_SUPPORTED"
  | "COMM_CLOSED"
  | "NOT_CONNECTED"
  | "OVERFLOW"
  | "HANDLER"
  | "MODULE_LOAD"
  | "WIDGET"
  | "CLIENT_LOAD"
  | "SETTINGS";

/** V8's extension of `Error`. */
interface StackTraces {
  readonly captureStackTrace?: (error: object, below: object) => void;
}

/** Marks the errors of all copies of this package on the page. */
const BRAND = Symbol.for("shiny-comm/error");

/** The page that explains each error, in the repository. */
const TROUBLESHOOTING = "docs/guide/troubleshooting.md";

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
export class CommError extends Error {
  /** The fault. */
  readonly code: CommErrorCode;
  /** The id of the comm that the error concerns, if known. */
  readonly comm_id: string | undefined;
  /** The kind of the message that caused the error, if a message did. */
  readonly kind: MessageKind | undefined;
  /** Advice to the app's author, with a link. */
  readonly advice: string | undefined;

  /** @param message is shortened to 2,000 characters */
  constructor(code: CommErrorCode, message: string, options: CommErrorOptions = {}) {
    const { comm_id, kind, advice, cause } = options;
    super(shorten(message, MAX_MESSAGE_LENGTH), cause === undefined ? undefined : { cause });
    this.code = code;
    this.comm_id = comm_id;
    this.kind = kind;
    // The advice of a cause has a link already.
    const hasLink = advice?.includes(TROUBLESHOOTING) === true;
    this.advice =
      advice && !hasLink ? `${advice} See ${TROUBLESHOOTING}#${code.toLowerCase()}.` : advice;
    // As own enumerable properties, both would be printed by the console after the stack.
    Object.defineProperties(this, {
      name: { value: `CommError [${code}]` },
      [BRAND]: { value: true },
    });
    // V8 writes the name into the stack when `Error` is constructed, where it is not set yet.
    const { captureStackTrace } = Error as StackTraces;
    captureStackTrace?.(this, CommError);
  }

  /** Recognizes the errors of every copy of the package on the page. */
  static override [Symbol.hasInstance](value: unknown): value is CommError {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this method
    if (this !== CommError) return super[Symbol.hasInstance](value);
    return value instanceof Error && BRAND in value;
  }
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
export function isCommError(thrown: unknown, code?: CommErrorCode): thrown is CommError {
  return thrown instanceof CommError && (code === undefined || thrown.code === code);
}

/** Returns the error for a value that a message handler threw. An error of this package is returned unchanged. */
export function handlerError(comm_id: string, kind: MessageKind, cause: unknown): CommError {
  if (isCommError(cause)) return cause;
  return new CommError(
    "HANDLER",
    `handler of ${kind} for comm ${comm_id} failed: ${messageOf(cause)}`,
    { comm_id, kind, cause },
  );
}

/** Receives each error once. */
export type OnError = (error: Error) => void;

/** The default `onError`: writes one line to the console, with the comm's id and the error. */
export const logError: OnError = (error) => {
  const comm_id = isCommError(error) ? error.comm_id : undefined;
  if (comm_id === undefined || error.message.includes(comm_id)) {
    console.error("[shiny-comm]", error);
  } else {
    console.error("[shiny-comm]", `comm ${shorten(comm_id, 200)}:`, error);
  }
};

/** Returns a thrown value as an error: any value can be thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new CommError("HANDLER", messageOf(thrown));
}

/** Returns the message of any thrown value. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    // `String` throws for objects without a prototype.
    return Object.prototype.toString.call(thrown);
  }
}
