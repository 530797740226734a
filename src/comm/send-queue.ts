/** Keeps the order of each comm's messages to the server, and limits the number of pending messages. */

/** A message for the server. */
export interface QueuedMessage {
  readonly comm_id: string;
  readonly msg_id: string;
  /** The encoded message. */
  readonly text: string;
  /** Only one of a comm's messages with the same key is pending at a time. A message without a key never waits. */
  readonly coalesceKey: string | undefined;
  /** Whether a newer message with the same key replaces this one while it waits. */
  readonly coalescable: boolean;
  /** The traits that the message updates; the server's echo names them. */
  readonly keys: readonly string[];
  /** Called once, when the server has processed the message or the session ends. */
  readonly done?: (() => void) | undefined;
}

/** The timeout of the first answer, in ms; it doubles with each answer that does not come… */
const ANSWER_TIMEOUT_MS = 2_000;
/** …up to this. */
const MAX_ANSWER_TIMEOUT_MS = 32_000;
/** The timeout of an answer while the server reports that it is busy, in ms. */
const BUSY_TIMEOUT_MS = 60_000;

/**
 * How long after the end of the server's work an echo is expected, in ms. The echo
 * immediately follows the `values` frame, but that frame can be large.
 */
const ECHO_GRACE_MS = 250;
/** The same for traits without an echo, in ms: other work may have ended instead. */
const NO_ECHO_GRACE_MS = 50;

/** How many answered messages of a comm can still get an echo: no more can be pending. */
const MAX_PENDING_ECHOES = 8;

/** A message that was sent, until it is done and its echo is no longer expected. */
export interface Sent {
  readonly message: QueuedMessage;
  /** When it was sent, in ms since the epoch. */
  readonly since: number;
  /** The number of messages sent so far, this one included. */
  readonly position: number;
  /** The last sign that the server's work on the message has ended. */
  ended: "idle" | "flushed" | undefined;
  done: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** One comm's messages. */
export interface Lane {
  /** The messages that were not sent yet, in order. */
  readonly waiting: QueuedMessage[];
  /** The sent messages, in order. Messages that are done can still get an echo. */
  sent: Sent[];
  /** The traits whose updates got no echo. */
  readonly noEchoTraits: Set<string>;
}

/**
 * Sends each comm's messages in order, and holds back messages that must not overtake or flood.
 *
 * The server answers an update with an echo. Without an echo, the end of the server's work is the
 * answer: some servers and traits do not echo, and other messages are not updates. Shiny reports
 * when work begins and ends, but not on which message. The server processes messages one by one, in
 * order, so this class counts. Without any sign, a timeout ends the wait.
 */
export class SendQueue {
  readonly #put: (message: QueuedMessage) => boolean;
  readonly #lanes = new Map<string, Lane>();
  /** The sent messages that the server has not processed. */
  readonly #pending = new Set<Sent>();
  #busy = false;
  /** Whether the current work started before any pending message was sent. */
  #otherWork = false;
  /** How many messages were sent. */
  #sent = 0;
  /** How many of them the server has processed, as far as is known. */
  #acknowledged = 0;
  /** The number of consecutive answers that did not come. */
  #unanswered = 0;

  /** @param put passes a message on, and returns whether a session accepted it */
  constructor(put: (message: QueuedMessage) => boolean) {
    this.#put = put;
  }

  /** Whether an answer is pending: only then {@link serverFlushed} must be called. */
  get awaits(): boolean {
    return this.#pending.size > 0;
  }

  /** Sends a message now, or later behind other messages of its comm. */
  send(message: QueuedMessage): void {
    const lane = this.#lane(message.comm_id);
    if (lane.waiting.length === 0 && !isBlocked(lane, message)) {
      this.#dispatch(lane, message);
      return;
    }
    if (message.coalescable) {
      const older = lane.waiting.findIndex(
        ({ coalesceKey }) => coalesceKey === message.coalesceKey,
      );
      if (older >= 0) lane.waiting.splice(older, 1)[0]?.done?.();
    }
    lane.waiting.push(message);
  }

  /**
   * Matches an echo of some traits with the oldest update of these traits that has no echo. All
   * messages before that update are answered, too.
   *
   * @returns the id of the answered update, or `undefined` when the echo answers none
   */
  echoed(comm_id: string, keys: readonly string[]): string | undefined {
    const lane = this.#lanes.get(comm_id);
    if (!lane || keys.length === 0) return undefined;
    for (const key of keys) lane.noEchoTraits.delete(key);
    const index = lane.sent.findIndex(({ message }) =>
      keys.every((key) => message.keys.includes(key)),
    );
    if (index < 0) return undefined;
    const answered = lane.sent.splice(0, index + 1);
    this.#unanswered = 0;
    this.#acknowledged = Math.max(this.#acknowledged, answered.at(-1)?.position ?? 0);
    // The model must apply the echo before `done` lets it send the next update.
    queueMicrotask(() => {
      for (const sent of answered) this.#finish(sent);
      this.#pump(lane);
    });
    return answered.at(-1)?.message.msg_id;
  }

  /** Notes that the server has started to work. */
  serverBusy(): void {
    this.#busy = true;
  }

  /** Notes that the server has ended its work; it may have started on the next message. */
  serverIdle(): void {
    this.#busy = false;
    if (this.#otherWork) this.#otherWork = false;
    else this.#acknowledged = Math.min(this.#acknowledged + 1, this.#sent);
    this.#grantGrace("idle");
  }

  /** Notes a `values` frame, which follows the end of work; echoes come after it. */
  serverFlushed(): void {
    if (!this.#busy) this.#grantGrace("flushed");
  }

  /** Sends all waiting messages of a comm immediately, in order. */
  flush(comm_id: string): void {
    const lane = this.#lanes.get(comm_id);
    if (lane) for (const message of lane.waiting.splice(0)) this.#dispatch(lane, message);
  }

  /** Drops the messages of a closed comm, and the answers that it waits for. */
  forget(comm_id: string): void {
    const lane = this.#lanes.get(comm_id);
    if (!lane) return;
    this.#lanes.delete(comm_id);
    lane.waiting.length = 0;
    for (const sent of lane.sent) {
      clearTimeout(sent.timer);
      this.#pending.delete(sent);
    }
  }

  /**
   * Ends all waits and drops all messages, because the session has ended.
   *
   * @returns the ids of the comms with dropped messages
   */
  clear(): string[] {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    this.#busy = false;
    this.#otherWork = false;
    this.#acknowledged = this.#sent;
    this.#unanswered = 0;
    for (const [, { sent, waiting }] of lanes) {
      for (const one of sent) this.#finish(one);
      for (const message of waiting) message.done?.();
    }
    return lanes.filter(([, { waiting }]) => waiting.length > 0).map(([comm_id]) => comm_id);
  }

  /** Returns the current state, read-only, for the inspector. */
  inspect(): ReadonlyMap<string, Readonly<Lane>> {
    return this.#lanes;
  }

  #lane(comm_id: string): Lane {
    let lane = this.#lanes.get(comm_id);
    if (!lane) {
      lane = { waiting: [], sent: [], noEchoTraits: new Set() };
      this.#lanes.set(comm_id, lane);
    }
    return lane;
  }

  #dispatch(lane: Lane, message: QueuedMessage): void {
    if (!this.#put(message)) {
      // The answer cannot come.
      if (message.done) queueMicrotask(message.done);
      return;
    }
    if (this.#busy && this.#acknowledged === this.#sent) this.#otherWork = true;
    this.#sent += 1;
    if (message.coalesceKey === undefined && !message.done) return;
    const sent: Sent = {
      message,
      since: Date.now(),
      position: this.#sent,
      ended: undefined,
      done: false,
      timer: undefined,
    };
    lane.sent.push(sent);
    this.#pending.add(sent);
    // An echo that did not come by now will not come.
    if (lane.sent.length > MAX_PENDING_ECHOES && lane.sent[0]?.done) lane.sent.shift();
    this.#awaitAnswer(sent);
  }

  #awaitAnswer(sent: Sent): void {
    const timeoutMs = Math.min(ANSWER_TIMEOUT_MS * 2 ** this.#unanswered, MAX_ANSWER_TIMEOUT_MS);
    this.#after(sent, timeoutMs, () => {
      if (this.#busy && Date.now() - sent.since < BUSY_TIMEOUT_MS) {
        this.#awaitAnswer(sent);
      } else {
        this.#unanswered += 1;
        this.#acknowledged = Math.max(this.#acknowledged, sent.position);
        this.#settle(sent);
      }
    });
  }

  /** Starts the grace period in which the echo of each processed message is still expected. */
  #grantGrace(sign: "idle" | "flushed"): void {
    for (const sent of this.#pending) {
      const known = sent.ended === "flushed" || sent.ended === sign;
      if (known || sent.position > this.#acknowledged) continue;
      sent.ended = sign;
      const graceMs = this.#expectsEcho(sent) ? ECHO_GRACE_MS : NO_ECHO_GRACE_MS;
      this.#after(sent, graceMs, () => this.#endGrace(sent));
    }
  }

  #endGrace(sent: Sent): void {
    this.#unanswered = 0;
    const { noEchoTraits } = this.#lane(sent.message.comm_id);
    for (const key of sent.message.keys) noEchoTraits.add(key);
    this.#settle(sent);
  }

  #expectsEcho({ message }: Sent): boolean {
    const { noEchoTraits } = this.#lane(message.comm_id);
    return message.keys.some((key) => !noEchoTraits.has(key));
  }

  #after(sent: Sent, ms: number, callback: () => void): void {
    clearTimeout(sent.timer);
    sent.timer = setTimeout(callback, ms);
  }

  /** Counts a message as answered; its echo may still come. */
  #settle(sent: Sent): void {
    const lane = this.#lane(sent.message.comm_id);
    if (sent.message.keys.length === 0) lane.sent = lane.sent.filter((other) => other !== sent);
    this.#finish(sent);
    this.#pump(lane);
  }

  #pump(lane: Lane): void {
    for (let next = lane.waiting[0]; next && !isBlocked(lane, next); next = lane.waiting[0]) {
      lane.waiting.shift();
      this.#dispatch(lane, next);
    }
  }

  #finish(sent: Sent): void {
    clearTimeout(sent.timer);
    if (sent.done) return;
    sent.done = true;
    this.#pending.delete(sent);
    sent.message.done?.();
  }
}

function isBlocked({ sent }: Lane, { coalesceKey }: QueuedMessage): boolean {
  return (
    coalesceKey !== undefined &&
    sent.some(({ done, message }) => !done && message.coalesceKey === coalesceKey)
  );
}
