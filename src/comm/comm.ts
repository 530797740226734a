/** One comm: the browser's end of a channel, the counterpart of shinywidgets' `ShinyComm`. */
import { CommError } from "./errors.js";
import type {
  CommCloseMessage,
  CommMsgMessage,
  CommOpenMessage,
  OutgoingMessage,
} from "./messages.js";

/** Bytes that travel next to the data of a message. Only the bytes that a view shows are sent. */
export type Buffers = readonly (ArrayBuffer | ArrayBufferView)[];
/** Receives a message; the next message waits until the returned promise settles. */
export type MsgCallback = (message: CommMsgMessage) => unknown;
/** Called when the server closes the comm, and when the next session starts. */
export type CloseCallback = (message: CommCloseMessage) => unknown;

/** Optional parts of a message. */
export interface MessageOptions {
  /** Metadata as a JSON object; `{}` by default. */
  metadata?: object | undefined;
  /** Binary buffers, sent next to the data. */
  buffers?: Buffers | undefined;
}

/** Options of {@link Comm.send}. */
export interface SendOptions extends MessageOptions {
  /**
   * Called once, when the server has processed the message or the session ends, but not after a close of
   * the comm. Only the widgets' client (`shiny-comm.js`) calls it.
   */
  onIdle?: (() => void) | undefined;
}

/** Options of an open from the browser. */
export interface OpenOptions extends MessageOptions {
  /** The data as a JSON object; `{}` by default. */
  data?: object | undefined;
  /** The id of the comm; by default 32 random hex digits. */
  comm_id?: string | undefined;
}

/** One comm: the browser's end of a channel to the server. */
export interface Comm {
  /** The id of the comm at both ends, usually 32 hex digits. */
  readonly comm_id: string;
  /** The name of the target that the comm was opened for. */
  readonly target_name: string;
  /** Whether the comm was closed, by either side or because the next session started. */
  readonly closed: boolean;
  /**
   * Sends a message to the server's end.
   *
   * @param data any JSON value
   * @returns the id of the message
   * @throws {CommError} `COMM_CLOSED` when the comm is closed
   * @throws {CommError} `ENCODE` when JSON cannot represent the data, or a buffer is detached
   */
  send(data: unknown, options?: SendOptions): string;
  /**
   * Closes the comm: no more messages are sent or delivered. A server that supports comms opened by
   * the browser is notified. A second call has no effect.
   *
   * @param data any JSON value, for the server
   */
  close(data?: unknown, options?: MessageOptions): void;
  /**
   * Sets the listener for messages, and replaces the listener that was set before. While a comm has no
   * listener, up to 1,000 messages wait for one.
   *
   * @returns the undo: it removes this listener, and later messages wait
   */
  on_msg(callback: MsgCallback): () => void;
  /**
   * Sets the listener for the server's close and for the start of the next session, and replaces the listener
   * that was set before.
   *
   * @returns the undo: it removes this listener
   */
  on_close(callback: CloseCallback): () => void;
}

/** Called when the server opens a comm; the first message waits until the returned promise settles. */
export type CommTarget = (comm: Comm, message: CommOpenMessage) => unknown;

/** Sends the messages of comms. */
export interface CommChannel {
  /**
   * Sends a message.
   *
   * @returns the id of the message
   */
  send(message: OutgoingMessage, onIdle: (() => void) | undefined): string;
  /** Delivers the messages that wait for the comm's listener. */
  listening(comm: ShinyComm): void;
  /** Forgets a closed comm; `farewell` is for the server, if this side closed it. */
  closed(comm: ShinyComm, farewell?: OutgoingMessage): void;
}

/** A comm that sends through a channel. */
export class ShinyComm implements Comm {
  readonly comm_id: string;
  readonly target_name: string;
  readonly #channel: CommChannel;
  #closed = false;
  #onMsg: { readonly callback: MsgCallback } | undefined;
  #onClose: { readonly callback: CloseCallback } | undefined;

  constructor(comm_id: string, target_name: string, channel: CommChannel) {
    this.comm_id = comm_id;
    this.target_name = target_name;
    this.#channel = channel;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether a listener for messages is set. */
  get hasListener(): boolean {
    return this.#onMsg !== undefined;
  }

  send(data: unknown, { metadata, buffers, onIdle }: SendOptions = {}): string {
    const { comm_id } = this;
    if (this.#closed) {
      throw new CommError("COMM_CLOSED", `cannot send on comm ${comm_id}: it is closed`, {
        comm_id,
      });
    }
    return this.#channel.send({ comm_id, data, metadata, buffers }, onIdle);
  }

  close(data: unknown = {}, { metadata, buffers }: MessageOptions = {}): void {
    this.#end({ comm_id: this.comm_id, data, metadata, buffers });
  }

  on_msg(callback: MsgCallback): () => void {
    if (this.#closed) return () => undefined;
    const listener = { callback };
    this.#onMsg = listener;
    this.#channel.listening(this);
    return () => {
      if (this.#onMsg === listener) this.#onMsg = undefined;
    };
  }

  on_close(callback: CloseCallback): () => void {
    if (this.#closed) return () => undefined;
    const listener = { callback };
    this.#onClose = listener;
    return () => {
      if (this.#onClose === listener) this.#onClose = undefined;
    };
  }

  /** Delivers a message to the listener. */
  handle_msg(message: CommMsgMessage): unknown {
    return this.#onMsg?.callback(message);
  }

  /** Delivers the server's close to the listener, after the comm was marked as closed. */
  handle_close(message: CommCloseMessage): unknown {
    if (this.#closed) return undefined;
    const listener = this.#onClose;
    this.#end();
    return listener?.callback(message);
  }

  #end(farewell?: OutgoingMessage): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onMsg = undefined;
    this.#onClose = undefined;
    this.#channel.closed(this, farewell);
  }
}
