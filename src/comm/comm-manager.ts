/** All comms of a page: their targets, the routing by comm id, and the order of each comm's messages. */
import { newId } from "../util/id.js";
import { isThenable } from "../util/promise.js";
import { shorten } from "../util/text.js";
import { decode, encode, payloadsIn } from "./codec.js";
import { type CommChannel, type OpenOptions, ShinyComm } from "./comm.js";
import { asError, CommError, handlerError, logError, type OnError } from "./errors.js";
import type {
  CommCloseMessage,
  CommMessage,
  CommOpenMessage,
  MessageKind,
  OutgoingMessage,
} from "./messages.js";
import type { CommManagerState, CommTap, CommTotals, EarlyMessages, OpenComm } from "./tap.js";

/** Called when the server opens a comm; the first message waits until the returned promise settles. */
export type TargetCallback = (comm: ShinyComm, message: CommOpenMessage) => unknown;

/** The way of encoded messages to the server. */
export interface Transport {
  /**
   * Sends a message. Without a session, the transport reports that and drops the message.
   *
   * @param text the encoded message
   * @param onIdle called once, when the server has processed the message
   * @returns the id of the message
   */
  send(message: OutgoingMessage, text: string, onIdle: (() => void) | undefined): string;
  /** Sends a `comm_open`. Callers must check first that the server supports it. */
  open?(message: OutgoingMessage, text: string): void;
  /** Sends a `comm_close` after all messages of the comm, if the server supports it. */
  close?(message: OutgoingMessage, text: () => string): void;
  /** Called with each message for an open comm, which may answer a sent message. */
  received?(message: CommMessage): void;
  /** Called when a comm was closed: no more answers are expected for it. */
  forget?(comm_id: string): void;
}

/** Options of {@link ShinyCommManager}. */
export interface CommManagerOptions {
  transport: Transport;
  /** Receives each error once; by default, errors go to the console. */
  onError?: OnError;
  /** How long a message waits for the open of its comm, and an open for its target, in ms. */
  openWaitMs?: number;
  /**
   * The targets that a script may register at any time, each with the advice of the error that reports
   * its absence. Opens for them wait until the end of the session.
   */
  expectedTargets?: ReadonlyMap<string, string>;
}

/** The maximum number of early messages, for comms that are not open or targets that are not registered. */
const MAX_EARLY_MESSAGES = 1_000;

/** The maximum number of early messages for expected targets. */
const MAX_EXPECTED_MESSAGES = 100_000;

/** The maximum number of messages of a comm that wait for a listener. */
const MAX_PENDING_MESSAGES = 1_000;

/** How many comms that this side closed are remembered. */
const MAX_CLOSED_HERE = 250;

interface Early extends EarlyMessages {
  readonly messages: CommMessage[];
  readonly timer: ReturnType<typeof setTimeout>;
  open?: CommOpenMessage | undefined;
}

interface RegisteredTarget {
  readonly callback: TargetCallback;
}

interface Entry extends OpenComm {
  readonly comm: ShinyComm;
  readonly queue: CommMessage[];
  current: CommMessage | undefined;
  /** Whether messages were dropped because no listener was set. */
  overflowed: boolean;
}

/**
 * Opens comms by target name, and routes messages and closes by comm id.
 *
 * The messages of a comm are delivered in order: each waits until the promise that the listener
 * returned for the previous one has settled. Comms never wait for one another.
 */
export class ShinyCommManager implements CommChannel {
  /** The callbacks of each name, the newest last. */
  readonly #targets = new Map<string, RegisteredTarget[]>();
  readonly #expectedTargets: ReadonlyMap<string, string>;
  readonly #comms = new Map<string, Entry>();
  readonly #early = new Map<string, Early>();
  /** The numbers of early messages for expected targets, and of all others. */
  readonly #earlyCounts = { expected: 0, other: 0 };
  /** The expected targets whose absence was reported. */
  readonly #missing = new Set<string>();
  /** The comms that this side closed: later messages for them are dropped without an error. */
  readonly #closedHere = new Set<string>();
  #closingAll = false;
  #transport: Transport;
  readonly #openWaitMs: number;
  readonly #totals: CommTotals = { received: 0, sent: 0 };
  readonly onError: OnError;
  /** The observer of all messages; set while the inspector is open. */
  tap: CommTap | undefined;

  constructor({
    transport,
    onError = logError,
    openWaitMs = 10_000,
    expectedTargets = new Map(),
  }: CommManagerOptions) {
    this.#transport = transport;
    this.#openWaitMs = openWaitMs;
    this.#expectedTargets = expectedTargets;
    this.onError = onError;
  }

  /** Replaces the transport. */
  setTransport(transport: Transport): void {
    this.#transport = transport;
  }

  /**
   * Registers the callback for comms that the server opens for `target_name`. The newest of several
   * callbacks is called. A new callback receives the opens that wait for the target, too.
   *
   * @returns the undo
   */
  register_target(target_name: string, callback: TargetCallback): () => void {
    const targets = this.#targets.get(target_name) ?? [];
    this.#targets.set(target_name, targets);
    // An object, so that each undo removes one registration of a callback that is registered twice.
    const registered: RegisteredTarget = { callback };
    targets.push(registered);
    this.#missing.delete(target_name);
    for (const [comm_id, { open }] of [...this.#early]) {
      // The callback may register another target, or end the session.
      if (open?.content.target_name !== target_name || !this.#early.has(comm_id)) continue;
      const early = this.#takeEarly(comm_id);
      this.#open(open);
      for (const message of early) if (message !== open) this.#route(message);
    }
    return () => {
      const index = targets.indexOf(registered);
      if (index >= 0) targets.splice(index, 1);
    };
  }

  /** Removes all callbacks of a target. */
  unregister_target(target_name: string): void {
    this.#targets.delete(target_name);
  }

  /**
   * Opens a comm from the browser. Callers must check first that the server supports it.
   *
   * @throws {CommError} `ENCODE` when the open cannot be encoded
   * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
   */
  openComm(
    target_name: string,
    { data = {}, comm_id = newId(), metadata, buffers }: OpenOptions = {},
  ): ShinyComm {
    const message = { comm_id, target_name, data, metadata, buffers };
    const text = encode(message);
    const comm = new ShinyComm(comm_id, target_name, this);
    this.register_comm(comm);
    this.#transport.open?.(message, text);
    this.#sent("comm_open", message, text);
    return comm;
  }

  /**
   * Adds a comm, so that it receives the messages for its id.
   *
   * @returns the comm's id
   * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
   */
  register_comm(comm: ShinyComm): string {
    const { comm_id } = comm;
    if (this.#comms.get(comm_id)?.comm !== comm) void this.#drain(this.#enter(comm));
    return comm_id;
  }

  /** Removes a comm, and drops its waiting messages. */
  unregister_comm(comm: ShinyComm): void {
    const entry = this.#comms.get(comm.comm_id);
    if (entry?.comm !== comm) return;
    entry.queue.length = 0;
    this.#comms.delete(comm.comm_id);
    this.#transport.forget?.(comm.comm_id);
  }

  /** Returns the open comm with this id. */
  get_comm(comm_id: string): ShinyComm | undefined {
    return this.#comms.get(comm_id)?.comm;
  }

  /** Returns the ids of the open comms. */
  commIds(): string[] {
    return [...this.#comms.keys()];
  }

  /** Returns the current state, read-only, for the inspector. */
  inspect(): CommManagerState {
    return { comms: this.#comms, early: this.#early, totals: this.#totals };
  }

  /** Receives a message, or a batch, in the form of a Shiny custom-message handler. Never throws. */
  receive(kind: MessageKind, payload: unknown): void {
    for (const each of payloadsIn(kind, payload)) {
      try {
        this.#totals.received += 1;
        this.tap?.received(kind, each);
        const message = decode(kind, each);
        this.tap?.decoded(message);
        if (message.msg_type === "comm_open") this.#open(message);
        else this.#route(message);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  /**
   * Closes every comm as if the server had, and drops all waiting messages. Messages sent by close
   * handlers are dropped: the old session has ended, and Shiny ends a new session that receives a
   * message before its `init`.
   */
  closeAll(): void {
    this.#closingAll = true;
    // A close handler may register a target, which must not get opens of the old session.
    for (const comm_id of [...this.#early.keys()]) this.#takeEarly(comm_id);
    for (const { comm } of [...this.#comms.values()]) {
      const { comm_id } = comm;
      const message: CommCloseMessage = {
        msg_type: "comm_close",
        content: { comm_id, data: {} },
        metadata: {},
        buffers: [],
        header: {},
      };
      void this.#deliver(comm, message);
    }
    this.#missing.clear();
    this.#closingAll = false;
  }

  send(message: OutgoingMessage, onIdle: (() => void) | undefined): string {
    const { comm_id } = message;
    if (!this.#comms.has(comm_id)) {
      throw new CommError("COMM_CLOSED", `cannot send on comm ${comm_id}: it is not open`, {
        comm_id,
      });
    }
    if (this.#closingAll) return newId();
    const text = encode(message);
    const msg_id = this.#transport.send(message, text, onIdle);
    this.#sent("comm_msg", message, text, msg_id);
    return msg_id;
  }

  listening(comm: ShinyComm): void {
    const entry = this.#comms.get(comm.comm_id);
    if (entry?.comm !== comm) return;
    entry.overflowed = false;
    if (entry.queue.length === 0) return;
    // In a microtask, so that the caller of `on_msg` has its undo before the first message.
    queueMicrotask(() => {
      if (!entry.current) void this.#drain(entry);
    });
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
        throw duplicate(comm_id, "comm_open");
      }
      this.#wait(message);
      return;
    }
    const entry = this.#enter(new ShinyComm(comm_id, target_name, this), "comm_open");
    entry.queue.unshift(message);
    void this.#drain(entry, target.callback);
  }

  /** Adds a comm with its early messages. */
  #enter(comm: ShinyComm, kind?: MessageKind): Entry {
    const { comm_id } = comm;
    if (this.#comms.has(comm_id)) throw duplicate(comm_id, kind);
    this.#closedHere.delete(comm_id);
    const queue = this.#takeEarly(comm_id);
    const entry = { comm, queue, current: undefined, overflowed: false };
    this.#comms.set(comm_id, entry);
    return entry;
  }

  #route(message: CommMessage): void {
    const { comm_id } = message.content;
    const entry = this.#comms.get(comm_id);
    if (entry) {
      this.#transport.received?.(message);
      this.#enqueue(entry, message);
    } else if (!this.#closedHere.has(comm_id)) {
      this.#wait(message);
    } else if (message.msg_type === "comm_close") {
      this.#closedHere.delete(comm_id);
    }
  }

  #enqueue(entry: Entry, message: CommMessage): void {
    const { comm, queue } = entry;
    if (
      message.msg_type === "comm_msg" &&
      queue.length >= MAX_PENDING_MESSAGES &&
      !entry.current &&
      waitsForListener(entry)
    ) {
      if (!entry.overflowed) this.#report(overflow(comm.comm_id));
      entry.overflowed = true;
      return;
    }
    queue.push(message);
    if (!entry.current) void this.#drain(entry);
  }

  /** Delivers the queued messages, one after the other. */
  async #drain(entry: Entry, target?: TargetCallback): Promise<void> {
    const { comm, queue } = entry;
    for (let next = queue[0]; next && !waitsForListener(entry); next = queue[0]) {
      const current = next;
      queue.shift();
      entry.current = current;
      // Most listeners return nothing; they need no turn of the event loop.
      const delivered = this.#deliver(comm, current, target);
      if (delivered) await delivered;
      this.tap?.delivered(current);
    }
    entry.current = undefined;
  }

  /**
   * Calls the listener of a message, and reports what it throws or rejects with.
   *
   * @returns a promise if the listener returned one
   */
  #deliver(
    comm: ShinyComm,
    message: CommMessage,
    target?: TargetCallback,
  ): Promise<void> | undefined {
    const failed = (cause: unknown): void =>
      this.#report(handlerError(comm.comm_id, message.msg_type, cause));
    try {
      let returned: unknown;
      if (message.msg_type === "comm_open") returned = target?.(comm, message);
      else if (message.msg_type === "comm_msg") returned = comm.handle_msg(message);
      else returned = this.#closedByServer(comm, message);
      if (!isThenable(returned)) return undefined;
      return Promise.resolve(returned).then(() => undefined, failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /**
   * Keeps a message whose comm is not open, or an open whose target is not registered. After a
   * timeout it is dropped, with all messages behind it. Messages for an expected target are kept
   * until the end of the session.
   */
  #wait(message: CommMessage): void {
    const { comm_id } = message.content;
    let early = this.#early.get(comm_id);
    const open = early?.open ?? (message.msg_type === "comm_open" ? message : undefined);
    const expected = this.#isExpected(open);
    const isFull = expected
      ? this.#earlyCounts.expected >= MAX_EXPECTED_MESSAGES
      : this.#earlyCounts.other >= MAX_EARLY_MESSAGES;
    if (isFull) throw this.#unexpected(message);
    if (!early) {
      const timer = setTimeout(() => this.#timedOut(comm_id, message), this.#openWaitMs);
      early = { messages: [], timer };
      this.#early.set(comm_id, early);
    }
    // An open that follows other messages of its comm may change which limit applies to them.
    this.#count(early, -1);
    early.open = open;
    early.messages.push(message);
    this.#count(early, 1);
  }

  #timedOut(comm_id: string, first: CommMessage): void {
    const { open } = this.#early.get(comm_id) ?? {};
    if (open && this.#isExpected(open)) {
      const { target_name } = open.content;
      if (this.#missing.has(target_name)) return;
      this.#missing.add(target_name);
    } else {
      this.#takeEarly(comm_id);
    }
    this.#report(this.#unexpected(open ?? first));
  }

  #takeEarly(comm_id: string): CommMessage[] {
    const early = this.#early.get(comm_id);
    if (!early) return [];
    clearTimeout(early.timer);
    this.#early.delete(comm_id);
    this.#count(early, -1);
    return early.messages;
  }

  #count({ open, messages }: Early, sign: 1 | -1): void {
    this.#earlyCounts[this.#isExpected(open) ? "expected" : "other"] += sign * messages.length;
  }

  #isExpected(open: CommOpenMessage | undefined): boolean {
    return open !== undefined && this.#expectedTargets.has(open.content.target_name);
  }

  /** Returns the error for a message whose comm is not open, or whose target is not registered. */
  #unexpected(message: CommMessage): CommError {
    const { comm_id } = message.content;
    const kind = message.msg_type;
    if (kind !== "comm_open") {
      return new CommError(
        "UNKNOWN_COMM",
        `cannot deliver ${kind}: comm ${shorten(comm_id, 200)} is not open`,
        { comm_id, kind, advice: UNKNOWN_COMM_ADVICE },
      );
    }
    const { target_name } = message.content;
    const name = JSON.stringify(shorten(target_name, 200));
    return new CommError(
      "UNKNOWN_TARGET",
      `cannot open comm ${shorten(comm_id, 200)}: target ${name} is not registered`,
      {
        comm_id,
        kind,
        advice: this.#expectedTargets.get(target_name) ?? UNKNOWN_TARGET_ADVICE,
      },
    );
  }

  #report(error: unknown): void {
    try {
      this.onError(asError(error));
    } catch (thrown) {
      logError(asError(thrown));
    }
  }
}

const UNKNOWN_COMM_ADVICE =
  "Look for an earlier error of this comm. Create widgets inside the server function.";

const UNKNOWN_TARGET_ADVICE = "Register the target, by this exact name, within ten seconds.";

/** Returns whether a comm's next message waits for a listener. None waits once the close has arrived. */
function waitsForListener({ comm, queue }: Entry): boolean {
  return (
    queue[0]?.msg_type === "comm_msg" &&
    !comm.hasListener &&
    !queue.some(({ msg_type }) => msg_type === "comm_close")
  );
}

function duplicate(comm_id: string, kind: MessageKind | undefined): CommError {
  return new CommError(
    "DUPLICATE_COMM",
    `cannot open comm ${shorten(comm_id, 200)}: a comm with this id is already open`,
    { comm_id, kind },
  );
}

function overflow(comm_id: string): CommError {
  return new CommError(
    "OVERFLOW",
    `comm ${comm_id}: ${MAX_PENDING_MESSAGES} messages wait for a listener; new ones are dropped`,
    { comm_id, kind: "comm_msg", advice: "Set a listener with on_msg, or close the comm." },
  );
}
