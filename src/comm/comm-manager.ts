/** All comms of a page: targets, routing by comm id, and each comm's order. */

import { newId } from "../util/id.js";
import { isThenable } from "../util/promise.js";
import { shorten } from "../util/text.js";
import { decode, encode } from "./codec.js";
import { type Callbacks, type CommChannel, type OpenOptions, ShinyComm } from "./comm.js";
import { CommError, handlerError, logError, type OnError } from "./errors.js";
import {
  type CommCloseMessage,
  type CommMessage,
  type CommOpenMessage,
  type JsonObject,
  type MessageKind,
  type OutgoingMessage,
  WIDGET_TARGETS,
} from "./messages.js";
import type { CommManagerState, CommTap, CommTotals, EarlyMessages, OpenComm } from "./tap.js";

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
  send(message: OutgoingMessage, text: string, callbacks: Callbacks | undefined): string;
  /** Takes an open. Whoever has it sent knows that the server takes opens. */
  open?(message: OutgoingMessage, text: string): void;
  /** Takes a close, if the server does; all that was sent on the comm goes before it. */
  close?(message: OutgoingMessage, text: () => string): void;
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

/** At most so many messages wait for comms that nobody has opened, or for targets that nobody has registered yet. */
const MAX_EARLY_MESSAGES = 1_000;

/** The same where those are counted that wait for the widgets' client. */
const MAX_EARLY_WIDGET_MESSAGES = 100_000;

/** So many comms that were closed on this side are remembered. */
const MAX_CLOSED_HERE = 250;

interface Early extends EarlyMessages {
  readonly messages: CommMessage[];
  readonly timer: unknown;
  open?: CommOpenMessage | undefined;
}

interface Entry extends OpenComm {
  readonly comm: ShinyComm;
  readonly queue: CommMessage[];
  current: CommMessage | undefined;
}

/**
 * Opens comms by target name, and routes messages and closes by comm id.
 *
 * One comm's messages are delivered strictly in order, each after what the callback returned for
 * the one before has settled; comms never wait for one another.
 */
export class ShinyCommManager implements CommChannel {
  /** Of each name, the newest last. */
  readonly #targets = new Map<string, TargetCallback[]>();
  readonly #comms = new Map<string, Entry>();
  readonly #early = new Map<string, Early>();
  #earlyCount = 0;
  /** Targets of widgets that were reported to be missing. */
  readonly #missing = new Set<string>();
  /** Closed on this side: what the server goes on sending is nothing to be reported. */
  readonly #closedHere = new Set<string>();
  #closingAll = false;
  #transport: Transport;
  readonly #openWaitMs: number;
  readonly #totals: CommTotals = { received: 0, sent: 0 };
  readonly onError: OnError;
  /** Whoever watches. */
  tap: CommTap | undefined;

  constructor({ transport, onError = logError, openWaitMs = 10_000 }: CommManagerOptions) {
    this.#transport = transport;
    this.#openWaitMs = openWaitMs;
    this.onError = onError;
  }

  /** Sends by another transport from now on. */
  setTransport(transport: Transport): void {
    this.#transport = transport;
  }

  /**
   * Registers what is called when the server opens a comm for `target_name`. Of several, it is the
   * one that was registered last and not undone. It gets the opens that wait for it already, too.
   *
   * @returns the undo
   */
  register_target(target_name: string, callback: TargetCallback): () => void {
    const targets = this.#targets.get(target_name) ?? [];
    this.#targets.set(target_name, targets);
    // A function of its own, so that each undo takes back what it is the undo of.
    const own: TargetCallback = (comm, message) => callback(comm, message);
    targets.push(own);
    this.#missing.delete(target_name);
    for (const [comm_id, { open }] of [...this.#early]) {
      if (open?.content.target_name !== target_name) continue;
      const early = this.#takeEarly(comm_id);
      this.#open(open);
      for (const message of early) if (message !== open) this.#route(message);
    }
    return () => {
      const index = targets.indexOf(own);
      if (index >= 0) targets.splice(index, 1);
    };
  }

  unregister_target(target_name: string): void {
    this.#targets.delete(target_name);
  }

  /**
   * Opens a comm from this side. Whoever does knows that the server takes it.
   *
   * @throws {CommError} `ENCODE` when the open cannot be written
   */
  openComm(target_name: string, options: OpenOptions = {}): ShinyComm {
    const { data = {}, metadata, buffers } = options;
    const comm_id = newId();
    const message = {
      comm_id,
      target_name,
      data,
      metadata: metadata as JsonObject | undefined,
      buffers,
    };
    const text = encode(message);
    const comm = new ShinyComm(comm_id, target_name, this);
    this.register_comm(comm);
    this.#transport.open?.(message, text);
    this.#sent("comm_open", message, text);
    return comm;
  }

  /**
   * Adds a comm, so that messages for its id reach it.
   *
   * @returns the comm's id
   * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
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
  commIds(): string[] {
    return [...this.#comms.keys()];
  }

  inspect(): CommManagerState {
    return { comms: this.#comms, early: this.#early, totals: this.#totals };
  }

  /** Takes a message as a Shiny custom-message handler gets it. Never throws. */
  receive(kind: MessageKind, payload: unknown): void {
    try {
      this.#totals.received += 1;
      this.tap?.received(kind, payload);
      const message = decode(kind, payload);
      this.tap?.decoded(message);
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
  closeAll(): void {
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
    this.#missing.clear();
    this.#closingAll = false;
  }

  send(message: OutgoingMessage, callbacks: Callbacks | undefined): string {
    const { comm_id } = message;
    if (!this.#comms.has(comm_id)) {
      throw new CommError("COMM_CLOSED", `cannot send on comm ${comm_id}: it is not open`, {
        comm_id,
      });
    }
    if (this.#closingAll) return newId();
    const text = encode(message);
    const msg_id = this.#transport.send(message, text, callbacks);
    this.#sent("comm_msg", message, text, msg_id);
    return msg_id;
  }

  closed(comm: ShinyComm, farewell?: OutgoingMessage): void {
    if (farewell && !this.#closingAll && this.#comms.get(comm.comm_id)?.comm === comm) {
      try {
        this.#transport.close?.(farewell, () => {
          const text = encode(farewell);
          this.#sent("comm_close", farewell, text);
          return text;
        });
      } catch (error) {
        this.#report(error);
      }
    }
    this.unregister_comm(comm);
    const closed = this.#closedHere;
    closed.add(comm.comm_id);
    if (closed.size > MAX_CLOSED_HERE)
      for (const oldest of closed) return void closed.delete(oldest);
  }

  #sent(kind: MessageKind, message: OutgoingMessage, text: string, msg_id?: string): void {
    this.#totals.sent += 1;
    this.tap?.sent(kind, message, text, msg_id);
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
    const target = this.#targets.get(target_name)?.at(-1);
    if (!target) {
      if (this.#comms.has(comm_id) || this.#early.get(comm_id)?.open) {
        throw isOpenAlready(comm_id, "comm_open");
      }
      this.#wait(message);
      return;
    }
    const entry = this.#enter(new ShinyComm(comm_id, target_name, this), "comm_open");
    entry.queue.unshift(message);
    void this.#drain(entry, target);
  }

  /** Makes a comm known, with the messages that came before it. */
  #enter(comm: ShinyComm, kind?: MessageKind): Entry {
    const { comm_id } = comm;
    if (this.#comms.has(comm_id)) throw isOpenAlready(comm_id, kind);
    this.#closedHere.delete(comm_id);
    const entry = { comm, queue: this.#takeEarly(comm_id), current: undefined };
    this.#comms.set(comm_id, entry);
    return entry;
  }

  #route(message: CommMessage): void {
    const { comm_id } = message.content;
    const entry = this.#comms.get(comm_id);
    if (entry) {
      this.#transport.received?.(message);
      entry.queue.push(message);
      if (!entry.current) void this.#drain(entry);
    } else if (!this.#closedHere.has(comm_id)) {
      this.#wait(message);
    } else if (message.msg_type === "comm_close") {
      this.#closedHere.delete(comm_id);
    }
  }

  /** Delivers what is queued, one message after the other. */
  async #drain(entry: Entry, target?: TargetCallback): Promise<void> {
    const { comm, queue } = entry;
    for (let message = queue.shift(); message; message = queue.shift()) {
      const current = message;
      entry.current = current;
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
      this.tap?.delivered(current);
    }
    entry.current = undefined;
  }

  /** Runs a callback; whatever it throws, now or later, is reported and goes no further. */
  #run(comm_id: string, kind: MessageKind, callback: () => unknown): Promise<void> | undefined {
    const failed = (cause: unknown) => this.#report(handlerError(comm_id, kind, cause));
    try {
      const returned = callback();
      if (!isThenable(returned)) return undefined;
      return Promise.resolve(returned).then(() => undefined, failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /**
   * Keeps a message whose comm is not open, or an open whose target is not registered. After a
   * while it is dropped, with all that waits behind it; but what is for the widgets' client, whose
   * script dynamic UI may bring at any time, is kept for as long as the session lasts.
   */
  #wait(message: CommMessage): void {
    const { comm_id } = message.content;
    let early = this.#early.get(comm_id);
    const open = early?.open ?? (message.msg_type === "comm_open" ? message : undefined);
    const most = isForWidgets(open) ? MAX_EARLY_WIDGET_MESSAGES : MAX_EARLY_MESSAGES;
    if (this.#earlyCount >= most) throw notOpen(message);
    if (!early) {
      const timer = setTimeout(() => this.#waitedEnough(comm_id, message), this.#openWaitMs);
      early = { messages: [], timer };
      this.#early.set(comm_id, early);
    }
    early.open = open;
    early.messages.push(message);
    this.#earlyCount += 1;
  }

  #waitedEnough(comm_id: string, first: CommMessage): void {
    const { open } = this.#early.get(comm_id) ?? {};
    if (isForWidgets(open)) {
      const { target_name } = open.content;
      if (this.#missing.has(target_name)) return;
      this.#missing.add(target_name);
    } else {
      this.#takeEarly(comm_id);
    }
    this.#report(notOpen(open ?? first));
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
      this.onError(error instanceof Error ? error : new CommError("HANDLER", String(error)));
    } catch (thrown) {
      logError(thrown instanceof Error ? thrown : new CommError("HANDLER", String(thrown)));
    }
  }
}

function isForWidgets(open: CommOpenMessage | undefined): open is CommOpenMessage {
  return (
    open !== undefined && (WIDGET_TARGETS as readonly string[]).includes(open.content.target_name)
  );
}

/** Why a message waits, as an error. */
function notOpen(message: CommMessage): CommError {
  const { comm_id } = message.content;
  const kind = message.msg_type;
  if (kind !== "comm_open") {
    return new CommError("UNKNOWN_COMM", `${kind} for comm ${comm_id}, which is not open`, {
      comm_id,
      kind,
    });
  }
  const { target_name } = message.content;
  return new CommError(
    "UNKNOWN_TARGET",
    `comm ${comm_id}: no target ${JSON.stringify(shorten(target_name, 200))}`,
    {
      comm_id,
      kind,
      advice: isForWidgets(message)
        ? "The page has no client for widgets: put shiny-comm.js on it. What comes for it is kept."
        : "Does the script that registers this target run on the page, and within ten seconds?",
    },
  );
}

function isOpenAlready(comm_id: string, kind: MessageKind | undefined): CommError {
  return new CommError("DUPLICATE_COMM", `comm ${comm_id} is open already`, { comm_id, kind });
}
