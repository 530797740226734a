/** Paces what goes to the server: of each comm one update is under way, the rest waits behind it, in order. */

/** A message on its way to the server. */
export interface QueuedMessage {
  readonly comm_id: string;
  readonly msg_id: string;
  /** Encoded. */
  readonly text: string;
  /** Of a comm's messages with one pace, one is under way at a time; without one, it need not wait. */
  readonly pace: string | undefined;
  /** It may be left out when a newer one with its pace comes before it was sent. */
  readonly replaceable: boolean;
  /** The traits that it updates; the server's echo names them. */
  readonly keys: readonly string[];
  /** Called once, when the server has dealt with the message or will not. */
  readonly done?: (() => void) | undefined;
}

/** An answer that does not come for so long is not waited for, in ms; the bound doubles each time… */
const ANSWER_MS = 2_000;
/** …up to this. */
const MAX_ANSWER_MS = 32_000;
/** However busy the server says it is, it is waited for no longer than this, in ms. */
const BUSY_MS = 60_000;

/**
 * How long after the end of the server's work an echo may still come, in ms. It follows the `values`
 * frame at once, but that may be large.
 */
const ECHO_GRACE_MS = 250;
/** The same where the server is known not to echo: the end was perhaps that of other work. */
const SILENT_GRACE_MS = 50;

/** So many answered messages of a comm can still be echoed: more cannot have been under way. */
const ECHOES_OWED = 8;

/** A message that was sent, until it is done and can be echoed no more. */
export interface Sent {
  readonly message: QueuedMessage;
  readonly since: number;
  /** How many messages had been sent with this one. */
  readonly position: number;
  /** The last sign of the end of the server's work on it. */
  ended: "idle" | "flushed" | undefined;
  done: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** A comm's messages on their way. */
export interface Lane {
  readonly waiting: QueuedMessage[];
  /** In the order of sending. Those that are done may still be echoed. */
  sent: Sent[];
  /** Traits of which updates got no echo. */
  readonly silent: Set<string>;
}

/**
 * Sends each comm's messages in order, and holds back what must not overtake or flood.
 *
 * The server's answer to an update is its echo. Where none comes (the server or the trait does not
 * echo, or it is no update) it is the end of the server's work on it. Shiny tells when work begins
 * and ends, not on what; but it takes messages one by one, in their order, so works are counted.
 * Where there is no sign of that either, the wait is bounded.
 */
export class SendQueue {
  readonly #put: (message: QueuedMessage) => boolean;
  readonly #lanes = new Map<string, Lane>();
  /** What has been sent and not been dealt with. */
  readonly #underWay = new Set<Sent>();
  #busy = false;
  /** The work that is going on began before any message of ours. */
  #foreign = false;
  /** How many messages have been sent… */
  #sent = 0;
  /** …and how many of them the server has dealt with, as far as can be told. */
  #worked = 0;
  /** Answers in a row that did not come. */
  #unanswered = 0;

  /** @param put hands a message on, and says whether somebody took it */
  constructor(put: (message: QueuedMessage) => boolean) {
    this.#put = put;
  }

  /** Whether an answer is awaited: only then {@link serverFlushed} need be called. */
  get awaits(): boolean {
    return this.#underWay.size > 0;
  }

  /** Sends a message now or, behind others of its comm, later. */
  send(message: QueuedMessage): void {
    const lane = this.#lane(message.comm_id);
    if (lane.waiting.length === 0 && !isBlocked(lane, message)) {
      this.#dispatch(lane, message);
      return;
    }
    if (message.replaceable) {
      const older = lane.waiting.findIndex((other) => other.pace === message.pace);
      if (older >= 0) lane.waiting.splice(older, 1)[0]?.done?.();
    }
    lane.waiting.push(message);
  }

  /**
   * Takes an echo of some traits: the answer to the oldest update of these that has none. Those
   * before it are past as well.
   *
   * @returns the id of the update that is answered, or `undefined` when it is none of ours
   */
  echoed(comm_id: string, keys: readonly string[]): string | undefined {
    const lane = this.#lanes.get(comm_id);
    if (!lane || keys.length === 0) return undefined;
    for (const key of keys) lane.silent.delete(key);
    const index = lane.sent.findIndex(({ message }) =>
      keys.every((key) => message.keys.includes(key)),
    );
    if (index < 0) return undefined;
    const answered = lane.sent.splice(0, index + 1);
    this.#unanswered = 0;
    this.#worked = Math.max(this.#worked, answered.at(-1)?.position ?? 0);
    // The comm's owner is to have taken the echo in before it hears that it may send again.
    queueMicrotask(() => {
      for (const sent of answered) this.#finish(sent);
      this.#pump(lane);
    });
    return answered.at(-1)?.message.msg_id;
  }

  /** The server has begun to work on something. */
  serverBusy(): void {
    this.#busy = true;
  }

  /** The server has ended its work, and may have begun on the next message. */
  serverIdle(): void {
    this.#busy = false;
    if (this.#foreign) this.#foreign = false;
    else this.#worked = Math.min(this.#worked + 1, this.#sent);
    this.#grantGrace("idle");
  }

  /** The `values` frame, which follows the end of work; echoes come behind it. */
  serverFlushed(): void {
    if (!this.#busy) this.#grantGrace("flushed");
  }

  /** Sends what waits of a comm, at once and in order: nothing of it comes later. */
  flush(comm_id: string): void {
    const lane = this.#lanes.get(comm_id);
    if (lane) for (const message of lane.waiting.splice(0)) this.#dispatch(lane, message);
  }

  /** Drops what waits for, and what is owed to, a comm that is gone. */
  forget(comm_id: string): void {
    const lane = this.#lanes.get(comm_id);
    if (!lane) return;
    this.#lanes.delete(comm_id);
    lane.waiting.length = 0;
    for (const sent of lane.sent) {
      clearTimeout(sent.timer);
      this.#underWay.delete(sent);
    }
  }

  /**
   * The session is gone: nobody is left waiting for an answer, and nothing waits for the next.
   *
   * @returns the comms of which messages were still to be sent
   */
  clear(): string[] {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    this.#busy = false;
    this.#foreign = false;
    this.#worked = this.#sent;
    this.#unanswered = 0;
    for (const [, { sent, waiting }] of lanes) {
      for (const one of sent) this.#finish(one);
      for (const message of waiting) message.done?.();
    }
    return lanes.filter(([, { waiting }]) => waiting.length > 0).map(([comm_id]) => comm_id);
  }

  /** What of each comm waits and is under way, as it is now; not to be changed. */
  inspect(): ReadonlyMap<string, Readonly<Lane>> {
    return this.#lanes;
  }

  #lane(comm_id: string): Lane {
    let lane = this.#lanes.get(comm_id);
    if (!lane) {
      lane = { waiting: [], sent: [], silent: new Set() };
      this.#lanes.set(comm_id, lane);
    }
    return lane;
  }

  #dispatch(lane: Lane, message: QueuedMessage): void {
    if (!this.#put(message)) {
      // Nobody is to wait for an answer that cannot come.
      if (message.done) queueMicrotask(message.done);
      return;
    }
    if (this.#busy && this.#worked === this.#sent) this.#foreign = true;
    this.#sent += 1;
    if (message.pace === undefined && !message.done) return;
    const sent: Sent = {
      message,
      since: Date.now(),
      position: this.#sent,
      ended: undefined,
      done: false,
      timer: undefined,
    };
    lane.sent.push(sent);
    this.#underWay.add(sent);
    // What is done and was not echoed soon is not going to be.
    if (lane.sent.length > ECHOES_OWED && lane.sent[0]?.done) lane.sent.shift();
    this.#awaitAnswer(sent);
  }

  #awaitAnswer(sent: Sent): void {
    const wait = Math.min(ANSWER_MS * 2 ** this.#unanswered, MAX_ANSWER_MS);
    this.#after(sent, wait, () => {
      if (this.#busy && Date.now() - sent.since < BUSY_MS) {
        this.#awaitAnswer(sent);
      } else {
        this.#unanswered += 1;
        this.#worked = Math.max(this.#worked, sent.position);
        this.#settle(sent);
      }
    });
  }

  /** What the server has worked on may still be echoed; soon after, that is not to be expected. */
  #grantGrace(sign: "idle" | "flushed"): void {
    for (const sent of this.#underWay) {
      const known = sent.ended === "flushed" || sent.ended === sign;
      if (known || sent.position > this.#worked) continue;
      sent.ended = sign;
      const grace = this.#expectsEcho(sent) ? ECHO_GRACE_MS : SILENT_GRACE_MS;
      this.#after(sent, grace, () => this.#graceOver(sent));
    }
  }

  #graceOver(sent: Sent): void {
    this.#unanswered = 0;
    const { silent } = this.#lane(sent.message.comm_id);
    for (const key of sent.message.keys) silent.add(key);
    this.#settle(sent);
  }

  #expectsEcho({ message }: Sent): boolean {
    const { silent } = this.#lane(message.comm_id);
    return message.keys.some((key) => !silent.has(key));
  }

  #after(sent: Sent, ms: number, callback: () => void): void {
    clearTimeout(sent.timer);
    sent.timer = setTimeout(callback, ms);
  }

  /** It counts as answered, but its echo may still come. */
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
    this.#underWay.delete(sent);
    sent.message.done?.();
  }
}

function isBlocked({ sent }: Lane, { pace }: QueuedMessage): boolean {
  return pace !== undefined && sent.some(({ done, message }) => !done && message.pace === pace);
}
