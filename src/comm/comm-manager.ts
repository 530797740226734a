/** All comms of a page: targets, routing by comm id, and each comm's order. */
import type { ICallbacks } from "@jupyter-widgets/base";
import { decode, encode } from "./codec.js";
import { type CommChannel, ShinyComm } from "./comm.js";
import {
  ClosedCommError,
  CommError,
  DuplicateCommError,
  HandlerError,
  logError,
  messageOf,
  type OnError,
  UnknownCommError,
  UnknownTargetError,
} from "./errors.js";
import type {
  CommCloseMessage,
  CommMessage,
  CommOpenMessage,
  MessageKind,
  OutgoingMessage,
} from "./messages.js";

/** Called when the server opens a comm; what it returns is awaited before the first message. */
export type TargetCallback = (comm: ShinyComm, message: CommOpenMessage) => unknown;

/** Takes encoded messages to the server. */
export interface Transport {
  /**
   * @param text an encoded message
   * @param callbacks `iopub.status` is told `idle` when the server has dealt with the message
   * @returns an id of the message's own; without a session to take it, that is reported and the
   *   message dropped
   */
  send(message: OutgoingMessage, text: string, callbacks: ICallbacks | undefined): string;
  /** A message for this comm arrived; it may be the answer to one that was sent. */
  received?(message: CommMessage): void;
  /** The comm is gone; nothing more is owed to it. */
  forget?(comm_id: string): void;
}

export interface CommManagerOptions {
  transport: Transport;
  onError?: OnError;
  /** How long a message may wait for the open of its comm, in ms. */
  openWaitMs?: number;
}

/** At most so many messages wait for comms that nobody has opened yet. */
const MAX_EARLY_MESSAGES = 1_000;

/** So many comms that were closed on this side are remembered. */
const MAX_CLOSED_HERE = 250;

interface Entry {
  comm: ShinyComm;
  queue: CommMessage[];
  draining: boolean;
}

/**
 * Opens comms by target name, and routes messages and closes by comm id.
 *
 * One comm's messages are delivered strictly in order, each after what the callback returned for
 * the one before has settled; comms never wait for one another.
 */
export class ShinyCommManager implements CommChannel {
  readonly #targets = new Map<string, TargetCallback>();
  readonly #comms = new Map<string, Entry>();
  readonly #early = new Map<string, { messages: CommMessage[]; timer: unknown }>();
  #earlyCount = 0;
  /** The server never hears of these closes: what it goes on sending is nothing to be reported. */
  readonly #closedHere = new Set<string>();
  #closingAll = false;
  readonly #transport: Transport;
  readonly #openWaitMs: number;
  readonly onError: OnError;

  constructor({ transport, onError = logError, openWaitMs = 10_000 }: CommManagerOptions) {
    this.#transport = transport;
    this.#openWaitMs = openWaitMs;
    this.onError = onError;
  }

  /**
   * Registers what is called when the server opens a comm for `target_name`.
   *
   * @returns the undo
   */
  register_target(target_name: string, callback: TargetCallback): () => void {
    this.#targets.set(target_name, callback);
    return () => {
      if (this.#targets.get(target_name) === callback) this.#targets.delete(target_name);
    };
  }

  unregister_target(target_name: string): void {
    this.#targets.delete(target_name);
  }

  /**
   * Adds a comm, so that messages for its id reach it.
   *
   * @returns the comm's id
   * @throws {DuplicateCommError} when another comm with this id is open
   */
  register_comm(comm: ShinyComm): string {
    const { comm_id } = comm;
    if (this.#comms.get(comm_id)?.comm !== comm) void this.#drain(this.#enter(comm));
    return comm_id;
  }

  /** Forgets a comm. What waits for it is dropped. */
  unregister_comm(comm: ShinyComm): void {
    const entry = this.#comms.get(comm.comm_id);
    if (entry?.comm !== comm) return;
    entry.queue.length = 0;
    this.#comms.delete(comm.comm_id);
    this.#transport.forget?.(comm.comm_id);
  }

  get_comm(comm_id: string): ShinyComm | undefined {
    return this.#comms.get(comm_id)?.comm;
  }

  /** The ids of the open comms. */
  comm_ids(): string[] {
    return [...this.#comms.keys()];
  }

  /** Takes a message as a Shiny custom-message handler gets it. Never throws. */
  receive(kind: MessageKind, payload: unknown): void {
    try {
      const message = decode(kind, payload);
      if (message.msg_type === "comm_open") this.#open(message);
      else this.#route(message);
    } catch (error) {
      this.#report(error);
    }
  }

  /**
   * Closes every comm as if the server had, and forgets what waits. What a close sets off in others
   * (a tab that loses a page selects another) is not sent: nobody is there who would know of it,
   * and Shiny ends a new session to which anything is sent before its first message.
   */
  close_all(): void {
    this.#closingAll = true;
    for (const { comm } of [...this.#comms.values()]) {
      const closing = { comm_id: comm.comm_id, data: {} };
      this.#run(comm.comm_id, "comm_close", () =>
        this.#closedByServer(comm, {
          msg_type: "comm_close",
          content: closing,
          metadata: {},
          buffers: [],
          header: {},
        }),
      );
    }
    for (const comm_id of [...this.#early.keys()]) this.#takeEarly(comm_id);
    this.#closingAll = false;
  }

  send(message: OutgoingMessage, callbacks: ICallbacks | undefined): string {
    const { comm_id } = message;
    if (!this.#comms.has(comm_id)) {
      throw new ClosedCommError(`cannot send on comm ${comm_id}: it is not open`, { comm_id });
    }
    if (this.#closingAll) return `${comm_id}-closing`;
    const text = encode(message);
    return this.#transport.send(message, text, callbacks);
  }

  closed(comm: ShinyComm): void {
    this.unregister_comm(comm);
    const closed = this.#closedHere;
    closed.add(comm.comm_id);
    if (closed.size > MAX_CLOSED_HERE)
      for (const oldest of closed) return void closed.delete(oldest);
  }

  #closedByServer(comm: ShinyComm, message: CommCloseMessage): unknown {
    try {
      return comm.handle_close(message);
    } finally {
      this.#closedHere.delete(comm.comm_id);
    }
  }

  #open(message: CommOpenMessage): void {
    const { comm_id, target_name } = message.content;
    const target = this.#targets.get(target_name);
    if (!target) {
      throw new UnknownTargetError(`comm ${comm_id}: no target ${JSON.stringify(target_name)}`, {
        comm_id,
        kind: "comm_open",
      });
    }
    const entry = this.#enter(new ShinyComm(comm_id, target_name, this), "comm_open");
    entry.queue.unshift(message);
    void this.#drain(entry, target);
  }

  /** Makes a comm known, with the messages that came before it. */
  #enter(comm: ShinyComm, kind?: MessageKind): Entry {
    const { comm_id } = comm;
    if (this.#comms.has(comm_id)) {
      throw new DuplicateCommError(`comm ${comm_id} is open already`, { comm_id, kind });
    }
    this.#closedHere.delete(comm_id);
    const entry = { comm, queue: this.#takeEarly(comm_id), draining: false };
    this.#comms.set(comm_id, entry);
    return entry;
  }

  #route(message: CommMessage): void {
    const { comm_id } = message.content;
    const entry = this.#comms.get(comm_id);
    if (entry) {
      this.#transport.received?.(message);
      entry.queue.push(message);
      if (!entry.draining) void this.#drain(entry);
    } else if (!this.#closedHere.has(comm_id)) {
      this.#waitForOpen(message);
    } else if (message.msg_type === "comm_close") {
      this.#closedHere.delete(comm_id);
    }
  }

  /** Delivers what is queued, one message after the other. */
  async #drain(entry: Entry, target?: TargetCallback): Promise<void> {
    entry.draining = true;
    const { comm, queue } = entry;
    for (let message = queue.shift(); message; message = queue.shift()) {
      const current = message;
      const returned = this.#run(comm.comm_id, current.msg_type, () => {
        switch (current.msg_type) {
          case "comm_open":
            return target?.(comm, current);
          case "comm_msg":
            return comm.handle_msg(current);
          case "comm_close":
            return this.#closedByServer(comm, current);
          default:
            return current satisfies never;
        }
      });
      // Most callbacks return nothing; those need no turn of the event loop.
      if (returned) await returned;
    }
    entry.draining = false;
  }

  /** Runs a callback; whatever it throws, now or later, is reported and goes no further. */
  #run(comm_id: string, kind: MessageKind, callback: () => unknown): Promise<void> | undefined {
    const failed = (cause: unknown) => {
      this.#report(
        cause instanceof CommError
          ? cause
          : new HandlerError(`${kind} for comm ${comm_id}: ${messageOf(cause)}`, {
              comm_id,
              kind,
              cause,
            }),
      );
    };
    try {
      const returned = callback();
      if (!isThenable(returned)) return undefined;
      return Promise.resolve(returned).then(() => undefined, failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #waitForOpen(message: CommMessage): void {
    const { comm_id } = message.content;
    const unknown = () =>
      new UnknownCommError(`${message.msg_type} for comm ${comm_id}, which is not open`, {
        comm_id,
        kind: message.msg_type,
      });
    if (this.#earlyCount >= MAX_EARLY_MESSAGES) throw unknown();
    let early = this.#early.get(comm_id);
    if (!early) {
      const timer = setTimeout(() => {
        this.#takeEarly(comm_id);
        this.#report(unknown());
      }, this.#openWaitMs);
      early = { messages: [], timer };
      this.#early.set(comm_id, early);
    }
    early.messages.push(message);
    this.#earlyCount += 1;
  }

  #takeEarly(comm_id: string): CommMessage[] {
    const early = this.#early.get(comm_id);
    if (!early) return [];
    clearTimeout(early.timer as number);
    this.#early.delete(comm_id);
    this.#earlyCount -= early.messages.length;
    return early.messages;
  }

  #report(error: unknown): void {
    try {
      this.onError(error instanceof Error ? error : new CommError(String(error)));
    } catch (thrown) {
      logError(thrown instanceof Error ? thrown : new CommError(String(thrown)));
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
