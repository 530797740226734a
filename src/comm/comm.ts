/** One comm: the browser's end of a channel, the counterpart of shinywidgets' `ShinyComm`. */
import type { ICallbacks, IClassicComm } from "@jupyter-widgets/base";
import { ClosedCommError } from "./errors.js";
import type { CommCloseMessage, CommMsgMessage, JsonObject, OutgoingMessage } from "./messages.js";

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
export class ShinyComm implements IClassicComm {
  readonly comm_id: string;
  readonly target_name: string;
  readonly #channel: CommChannel;
  #closed = false;
  #onMsg: MsgCallback | undefined;
  #onClose: CloseCallback | undefined;

  constructor(comm_id: string, target_name: string, channel: CommChannel) {
    this.comm_id = comm_id;
    this.target_name = target_name;
    this.#channel = channel;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The comm is open from its construction on; with data, a first message is sent.
   *
   * @returns the id of the message, or `""` when nothing was sent
   * @throws {ClosedCommError} when the comm is closed
   */
  open(data?: unknown, callbacks?: ICallbacks, metadata?: object, buffers?: Buffers): string {
    this.#assertOpen("open");
    return data === undefined ? "" : this.send(data, callbacks, metadata, buffers);
  }

  /**
   * Sends a message to the server's end.
   *
   * @returns an id of this message's own
   * @throws {ClosedCommError} when the comm is closed
   * @throws {EncodeError} when the message cannot be written
   */
  send(data: unknown, callbacks?: ICallbacks, metadata?: object, buffers?: Buffers): string {
    this.#assertOpen("send on");
    const { comm_id } = this;
    return this.#channel.send(
      { comm_id, data, metadata: metadata as JsonObject | undefined, buffers },
      callbacks,
    );
  }

  /**
   * Closes this side: nothing is sent and nothing delivered any more. A second close does nothing.
   *
   * @returns `""`, as no message is sent
   */
  close(_data?: unknown, _callbacks?: ICallbacks, _metadata?: object, _buffers?: Buffers): string {
    if (!this.#closed) {
      this.#closed = true;
      this.#onMsg = undefined;
      this.#onClose = undefined;
      this.#channel.closed(this);
    }
    return "";
  }

  /** Sets the callback for messages. What it returns is awaited before the next message. */
  on_msg(callback: MsgCallback): void {
    this.#onMsg = callback;
  }

  /** Sets the callback for the server's close. */
  on_close(callback: CloseCallback): void {
    this.#onClose = callback;
  }

  /** Delivers a message. */
  handle_msg(message: CommMsgMessage): unknown {
    return this.#onMsg?.(message);
  }

  /** Delivers the server's close; afterwards the comm is closed. */
  handle_close(message: CommCloseMessage): unknown {
    if (this.#closed) return undefined;
    const callback = this.#onClose;
    this.close();
    return callback?.(message);
  }

  #assertOpen(doing: string): void {
    if (this.#closed) {
      throw new ClosedCommError(`cannot ${doing} comm ${this.comm_id}: it is closed`, {
        comm_id: this.comm_id,
      });
    }
  }
}
