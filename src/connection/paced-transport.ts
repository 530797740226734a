/** The transport of widgets: paces messages by the server's work. */
import { CommError, messageOf, type OnError } from "../comm/errors.js";
import { type CommMessage, ECHO_UPDATE, type OutgoingMessage } from "../comm/messages.js";
import { type Lane, SendQueue } from "../comm/send-queue.js";
import type { SessionState } from "../shiny/session.js";
import { newId } from "../util/id.js";
import { isObject } from "../util/object.js";
import { DirectTransport, type DirectTransportOptions } from "./direct-transport.js";
import { pageThrottle } from "./pacing.js";
import type { Throttle } from "./shared-page.js";

/** The pending messages to the server, for an inspector. */
export interface TransportState {
  /** The number of texts that wait for a session. */
  readonly pending: number;
  readonly session: SessionState;
  /** The queues, by comm id. */
  readonly lanes: ReadonlyMap<string, Readonly<Lane>>;
}

export interface PacedTransportOptions extends DirectTransportOptions {
  onError: OnError;
}

/**
 * Keeps one update of each model in flight. A model merges further changes until the server has answered.
 * Custom messages are sent immediately, in order with the updates. The page's policy names the
 * messages to throttle.
 */
export class PacedTransport extends DirectTransport {
  readonly #onError: OnError;
  readonly #queue: SendQueue;
  readonly #throttle: Throttle;
  readonly #undos: (() => void)[];
  #undoFlushed: (() => void) | undefined;

  constructor({ sender, session, onError }: PacedTransportOptions) {
    super({ sender, session });
    this.#onError = onError;
    this.#throttle = pageThrottle(onError);
    this.#queue = new SendQueue(({ comm_id, text }) => sender.send(comm_id, text));
    this.#undos = [
      session.on("busy", () => this.#queue.serverBusy()),
      session.on("idle", () => this.#queue.serverIdle()),
      session.on("closed", () => {
        for (const comm_id of this.#queue.clear()) sender.reportDropped(comm_id);
      }),
    ];
  }

  dispose(): void {
    for (const undo of this.#undos) undo();
    this.#undoFlushed?.();
  }

  override send(message: OutgoingMessage, text: string, onIdle: (() => void) | undefined): string {
    const { comm_id } = message;
    const msg_id = newId();
    const data = message.data as UpdateData | null;
    const isUpdate = data?.method === "update" && onIdle !== undefined;
    const throttled =
      data?.method === "custom" ? this.#throttleKey(comm_id, data.content) : undefined;
    this.#queue.send({
      comm_id,
      msg_id,
      text,
      // The prefix keeps an event named "update" apart from updates.
      coalesceKey: isUpdate
        ? "update"
        : throttled === undefined
          ? undefined
          : `custom ${throttled}`,
      coalescable: throttled !== undefined,
      keys: isUpdate ? traitsIn(data) : [],
      done: onIdle && (() => this.#callOnIdle(comm_id, onIdle)),
    });
    // Shiny makes an event for each frame while a listener waits for "flushed".
    if (this.#queue.awaits) {
      this.#undoFlushed ??= this.session.on("flushed", () => this.#serverFlushed());
    }
    return msg_id;
  }

  override close(message: OutgoingMessage, text: () => string): void {
    if (!this.session.supportsOpens) return;
    const closing = text();
    this.#queue.flush(message.comm_id);
    super.close(message, () => closing);
  }

  /** Matches an echo with the update that it answers. Echoes come in the order of the updates. */
  received(message: CommMessage): void {
    const { comm_id, data } = message.content;
    if (data.method !== ECHO_UPDATE) return;
    const msg_id = this.#queue.echoed(comm_id, traitsIn(data));
    if (msg_id !== undefined) message.parent_header = { msg_id };
  }

  forget(comm_id: string): void {
    this.#queue.forget(comm_id);
  }

  /** Returns the pending messages. Do not change them. */
  inspect(): TransportState {
    const { pending } = this.sender;
    return { pending, session: this.session.state, lanes: this.#queue.inspect() };
  }

  #serverFlushed(): void {
    this.#queue.serverFlushed();
    if (this.#queue.awaits) return;
    this.#undoFlushed?.();
    this.#undoFlushed = undefined;
  }

  #callOnIdle(comm_id: string, onIdle: () => void): void {
    try {
      onIdle();
    } catch (cause) {
      this.#onError(
        new CommError("HANDLER", `comm ${comm_id}: onIdle failed: ${messageOf(cause)}`, {
          comm_id,
          cause,
        }),
      );
    }
  }

  #throttleKey(comm_id: string, content: unknown): string | undefined {
    try {
      return this.#throttle(content);
    } catch (cause) {
      this.#onError(
        new CommError("HANDLER", `comm ${comm_id}: the pacing policy failed: ${messageOf(cause)}`, {
          comm_id,
          cause,
        }),
      );
      return undefined;
    }
  }
}

/** The data of an update, an echo or a custom message. */
interface UpdateData {
  method?: unknown;
  content?: unknown;
  state?: unknown;
  buffer_paths?: unknown;
}

/** Returns the traits of an update or an echo. Binary traits have a buffer path instead of a value in the state. */
function traitsIn({ state, buffer_paths }: UpdateData): string[] {
  const traits = new Set(Object.keys(isObject(state) ? state : {}));
  for (const path of Array.isArray(buffer_paths) ? buffer_paths : []) {
    const trait: unknown = Array.isArray(path) ? path[0] : undefined;
    if (typeof trait === "string") traits.add(trait);
  }
  return [...traits];
}
