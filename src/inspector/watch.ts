/** Observes messages while the inspector is open: counts, times and the last messages. */
import type { BinaryMessage } from "../comm/frames.js";
import type { CommMessage, MessageKind, OutgoingMessage } from "../comm/messages.js";
import { isParsed, type ParsedMessage } from "../comm/parsed-message.js";
import type { CommTap } from "../comm/tap.js";

/** Durations in ms: counts all, and keeps the last ones for the median. */
export class Durations {
  count = 0;
  max = 0;
  readonly #last: number[] = [];

  add(ms: number): void {
    this.#last[this.count % MAX_DURATIONS] = ms;
    this.count += 1;
    if (ms > this.max) this.max = ms;
  }

  /** Returns the median of the last 500 durations. */
  median(): number {
    const sorted = [...this.#last].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  }
}

const MAX_DURATIONS = 500;
/** The maximum number of kept messages. */
const MAX_MESSAGES = 200;
/** The maximum number of remembered messages without an answer. */
const MAX_UNANSWERED = 200;

/** The properties of a message, without its content. */
export interface SeenMessage {
  readonly number: number;
  /** The time of the message, in ms since the epoch. */
  readonly time: number;
  readonly direction: "in" | "out";
  readonly kind: MessageKind;
  /** The characters of a text, or the bytes of a binary frame. */
  readonly size: number;
  readonly binary: boolean;
  /** Whether the message does not follow the protocol; the following members are unknown then. */
  malformed: boolean;
  comm_id: string;
  /** The method of a widget's message: `update`, `echo_update` or `custom`. */
  method: string;
  buffers: number;
  /** The time until a received message was handled, or until a sent update was echoed, in ms. */
  ms: number | undefined;
}

/** The traffic of one comm, or of all comms. */
export interface Counts {
  received: number;
  receivedSize: number;
  sent: number;
  sentSize: number;
  /** The times from the receipt of a message until it was handled. */
  readonly change: Durations;
  /** The times from the sending of an update until its echo. */
  readonly answer: Durations;
}

export class Watch implements CommTap {
  /** When the observer started, in ms since the epoch. */
  readonly since = Date.now();
  readonly all: Counts = noCounts();
  /** The last messages, the oldest first. */
  readonly messages: SeenMessage[] = [];
  readonly #comms = new Map<string, Counts>();
  readonly #arrivals = new WeakMap<CommMessage, { seen: SeenMessage; at: number }>();
  readonly #unanswered = new Map<string, { seen: SeenMessage; at: number }>();
  #latest: { seen: SeenMessage; at: number } | undefined;
  #number = 0;

  received(kind: MessageKind, payload: unknown): void {
    const bytes = bytesIn(payload);
    const size = bytes ?? charactersIn(payload);
    const binary = bytes !== undefined;
    const seen = this.#see({ direction: "in", kind, size, binary, malformed: true });
    this.all.received += 1;
    this.all.receivedSize += size;
    this.#latest = { seen, at: performance.now() };
  }

  decoded(message: CommMessage): void {
    const latest = this.#latest;
    if (!latest) return;
    this.#latest = undefined;
    const { seen } = latest;
    const { comm_id, data } = message.content;
    seen.malformed = false;
    seen.comm_id = comm_id;
    seen.method = methodIn(data);
    seen.buffers = message.buffers.length;
    const counts = this.of(comm_id);
    counts.received += 1;
    counts.receivedSize += seen.size;
    this.#arrivals.set(message, latest);
  }

  delivered(message: CommMessage): void {
    const arrival = this.#arrivals.get(message);
    if (!arrival) return;
    const { seen, at } = arrival;
    const ms = performance.now() - at;
    seen.ms = ms;
    const counts = this.of(message.content.comm_id);
    counts.change.add(ms);
    this.all.change.add(ms);
    const msg_id = message.parent_header?.msg_id ?? "";
    const answered = this.#unanswered.get(msg_id);
    if (!answered) return;
    this.#unanswered.delete(msg_id);
    answered.seen.ms = at - answered.at;
    counts.answer.add(at - answered.at);
    this.all.answer.add(at - answered.at);
  }

  sent(kind: MessageKind, message: OutgoingMessage, text: string, msg_id?: string): void {
    const seen = this.#see({
      direction: "out",
      kind,
      size: text.length,
      binary: false,
      malformed: false,
    });
    seen.comm_id = message.comm_id;
    seen.method = methodIn(message.data);
    seen.buffers = message.buffers?.length ?? 0;
    for (const counts of [this.all, this.of(message.comm_id)]) {
      counts.sent += 1;
      counts.sentSize += text.length;
    }
    if (seen.method !== "update" || msg_id === undefined) return;
    this.#unanswered.set(msg_id, { seen, at: performance.now() });
    if (this.#unanswered.size > MAX_UNANSWERED) {
      for (const oldest of this.#unanswered.keys()) {
        this.#unanswered.delete(oldest);
        break;
      }
    }
  }

  /** Returns the counts of a comm. */
  of(comm_id: string): Counts {
    let counts = this.#comms.get(comm_id);
    if (!counts) {
      counts = noCounts();
      this.#comms.set(comm_id, counts);
    }
    return counts;
  }

  /** Removes the counts of all comms that are not open. */
  keepOnly(open: { has(comm_id: string): boolean }): void {
    for (const comm_id of this.#comms.keys()) {
      if (!open.has(comm_id)) this.#comms.delete(comm_id);
    }
  }

  #see(
    what: Pick<SeenMessage, "direction" | "kind" | "size" | "binary" | "malformed">,
  ): SeenMessage {
    this.#number += 1;
    const seen: SeenMessage = {
      ...what,
      number: this.#number,
      time: Date.now(),
      comm_id: "",
      method: "",
      buffers: 0,
      ms: undefined,
    };
    this.messages.push(seen);
    if (this.messages.length > MAX_MESSAGES) this.messages.shift();
    return seen;
  }
}

function noCounts(): Counts {
  return {
    received: 0,
    receivedSize: 0,
    sent: 0,
    sentSize: 0,
    change: new Durations(),
    answer: new Durations(),
  };
}

function methodIn(data: unknown): string {
  const { method } = (data ?? {}) as { method?: unknown };
  return typeof method === "string" ? method : "";
}

/** Returns the length of a text message. */
function charactersIn(payload: unknown): number {
  if (typeof payload === "string") return payload.length;
  return isParsed(payload) ? (payload.size ?? 0) : 0;
}

/** Returns the number of bytes of a binary message. */
function bytesIn(payload: unknown): number | undefined {
  if (payload instanceof ArrayBuffer) return payload.byteLength;
  const { frame, detachedBuffers = [] } = (payload ?? {}) as Partial<BinaryMessage>;
  if (!(frame instanceof Uint8Array)) {
    return isParsed(payload) && payload.readBuffers ? bytesOfPart(payload) : undefined;
  }
  return detachedBuffers.reduce((sum, { byteLength }) => sum + byteLength, frame.byteLength);
}

/** Returns the number of bytes of a message in a batch. */
function bytesOfPart({ parsed, readBuffers }: ParsedMessage): number {
  const text = new TextEncoder().encode(JSON.stringify(parsed));
  try {
    const buffers = readBuffers?.() ?? [];
    return buffers.reduce((sum, { byteLength }) => sum + byteLength, text.byteLength);
  } catch {
    return text.byteLength;
  }
}
