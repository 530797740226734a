/** The messages of one model: hands each to the model after the one before, and keeps early custom messages. */
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, handlerError } from "../../comm/errors.js";
import type { CommMsgMessage } from "../../comm/messages.js";
import { isObject } from "../../util/object.js";
import { within } from "../../util/within.js";
import { hasListener } from "../patches/base/view-listeners.js";
import { deleteOwn, isClosed, modelInternals } from "../patches/internals.js";
import type { FailureReporter } from "./failure-reporter.js";
import type { MessageHandler } from "./message-handler.js";
import type { PendingViews } from "./pending-views.js";

/** Maximum number of custom messages that wait for a listener of one model. */
const MAX_UNCLAIMED = 1_000;

/** Members by which a model takes part in the order of its messages, in addition to Jupyter's. */
export interface Starting {
  /** Settles when the model is ready for its first message; `undefined` if it is. */
  starting?(): Promise<unknown> | undefined;
  /** Ends that wait immediately. */
  start?(): void;
  /** Whether something is pending that may add a listener. */
  readonly isDrawing?: boolean;
  /** Handles a custom message that answers a call of the model. @returns whether it does */
  answer?(content: unknown, buffers: readonly DataView[]): boolean;
}

/** The shared parts of a manager's inboxes. */
export interface InboxOptions {
  readonly handler: MessageHandler;
  readonly pendingViews: PendingViews;
  readonly failures: FailureReporter;
  /** How long a message waits for the one before it, and a custom message for a listener, in ms. */
  readonly waitMs: number;
  /** The custom messages that wait for a listener, by model. */
  readonly unclaimed: Map<string, readonly UnclaimedMessage[]>;
  /** The number of messages that are not handled yet, by model. */
  readonly pending: Map<string, number>;
}

/** A custom message that waits for a listener. */
export interface UnclaimedMessage {
  readonly message: CommMsgMessage;
  /** The end of the wait, in ms since the epoch. */
  readonly until: number;
}

const inboxes = new WeakMap<WidgetModel, ModelInbox>();

/** Returns the inbox of a model that was made from a comm. */
export function inboxOf(model: WidgetModel): ModelInbox | undefined {
  return inboxes.get(model);
}

/**
 * Hands a comm's messages to its model.
 *
 * Updates, and custom messages with a listener, keep their order. A custom message without a listener
 * waits for the first listener, or for views that are being made: it leaves no trace in the model.
 * Nothing waits behind it, because its listener may depend on a later update or answer. The close of
 * the comm waits for no message, and the answer to a call waits for no other message.
 */
export class ModelInbox {
  readonly #options: InboxOptions;
  readonly #model: WidgetModel & Starting;
  /** The messages that arrived while another is being handled. */
  readonly #queue: CommMsgMessage[] = [];
  #isBusy = false;
  /** The number of views whose `render` has not settled. */
  #renders = 0;
  #unclaimed: UnclaimedMessage[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the model has, or had, a listener. */
  #hadListener = false;
  #overflowed = false;

  constructor(model: WidgetModel, options: InboxOptions) {
    this.#options = options;
    this.#model = model;
    inboxes.set(model, this);
  }

  /** Receives a message. Never throws: failures are reported. */
  receive(message: CommMsgMessage): void {
    const { method, content, state } = message.content.data;
    // A new module ends the wait for the present one.
    if (isObject(state) && "_esm" in state) this.#model.start?.();
    if (method === "custom") {
      // All other messages may wait for the caller that gets this answer.
      const isAnswer = this.#model.answer?.(content, message.buffers) === true;
      if (isAnswer && !hasListener(this.#model, content)) return;
      if (this.#renders > 0) {
        void this.#deliver(message);
        return;
      }
    }
    if (this.#isBusy) {
      this.#queue.push(message);
      this.#count();
    } else {
      this.#begin(message);
    }
  }

  /**
   * Notes that a view's `render` is pending. `render` may await a custom message that follows updates,
   * and these updates wait for the view. So custom messages wait for no update meanwhile, as in base.
   */
  rendering(render: PromiseLike<unknown>): void {
    this.#renders += 1;
    const end = (): void => {
      this.#renders -= 1;
    };
    render.then(end, end);
    for (const message of [...this.#queue]) {
      if (message.content.data.method !== "custom") continue;
      this.#queue.splice(this.#queue.indexOf(message), 1);
      void this.#deliver(message);
    }
    this.#count();
  }

  #begin(message: CommMsgMessage): void {
    const handled = this.#start(message);
    // Most messages are handled synchronously.
    if (!handled) return;
    this.#isBusy = true;
    this.#count();
    void within(handled, this.#options.waitMs).then(() => {
      this.#isBusy = false;
      this.#resume();
    });
  }

  #resume(): void {
    while (!this.#isBusy) {
      const next = this.#queue.shift();
      if (!next) break;
      this.#begin(next);
    }
    this.#count();
  }

  #count(): void {
    const { pending } = this.#options;
    const count = this.#queue.length + Number(this.#isBusy);
    if (count > 0) pending.set(this.#model.model_id, count);
    else pending.delete(this.#model.model_id);
  }

  #start(message: CommMsgMessage): Promise<unknown> | undefined {
    const starting = this.#model.starting?.();
    if (!starting) return this.#deliver(message);
    return within(starting, this.#options.waitMs).then(() => {
      // The model may never be ready. Later messages have waited as long.
      this.#model.start?.();
      return this.#deliver(message);
    });
  }

  #deliver(message: CommMsgMessage): Promise<unknown> | undefined {
    if (isClosed(this.#model)) return undefined;
    const { method, content } = message.content.data;
    if (method !== "custom" || !this.#shouldWait(content)) return this.#handle(message);
    this.#keep(message);
    return undefined;
  }

  #handle(message: CommMsgMessage): Promise<unknown> | undefined {
    const { handler, failures } = this.#options;
    const failed = (cause: unknown): void => {
      failures.report(handlerError(message.content.comm_id, message.msg_type, cause));
    };
    try {
      return handler.handle(this.#model, message)?.catch(failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #shouldWait(content: unknown): boolean {
    const model = this.#model;
    if (this.#unclaimed) return true;
    if (hasListener(model, content)) {
      this.#hadListener = true;
      return false;
    }
    if (overridesMessages(model)) return false;
    return !this.#hadListener || model.isDrawing === true || this.#options.pendingViews.exist;
  }

  #keep(message: CommMsgMessage): void {
    const { waitMs } = this.#options;
    const unclaimed = this.#unclaimed ?? this.#waitForListener();
    if (unclaimed.length < MAX_UNCLAIMED) unclaimed.push({ message, until: Date.now() + waitMs });
    else this.#overflow(message.content.comm_id);
  }

  #overflow(comm_id: string): void {
    if (this.#overflowed) return;
    this.#overflowed = true;
    this.#options.failures.report(
      new CommError(
        "OVERFLOW",
        `comm ${comm_id}: more than ${MAX_UNCLAIMED} custom messages wait for a listener; the rest is dropped`,
        {
          comm_id,
          kind: "comm_msg",
          advice:
            "Nothing on the page listens for this widget's custom messages (msg:custom). Show the widget " +
            "before the server sends its messages.",
        },
      ),
    );
  }

  /** Begins to keep messages. Until these are handled, the model's own `on` reports new listeners. */
  #waitForListener(): UnclaimedMessage[] {
    const model = this.#model;
    const { unclaimed, waitMs } = this.#options;
    const kept: UnclaimedMessage[] = [];
    this.#unclaimed = kept;
    unclaimed.set(model.model_id, kept);
    this.#timer = setTimeout(() => this.#expire(kept), waitMs);
    model.once("destroy", () => this.#drop(kept));
    const internals = modelInternals(model);
    const { on } = internals;
    internals.on = (...args) => {
      on.apply(model, args);
      // A hook may add its listener before it has initialized what the listener uses.
      queueMicrotask(() => this.#flush(kept));
      return model;
    };
    return kept;
  }

  #flush(kept: UnclaimedMessage[]): void {
    for (const next of [...kept]) {
      if (!hasListener(this.#model, next.message.content.data.content)) continue;
      kept.splice(kept.indexOf(next), 1);
      this.#hadListener = true;
      void this.#handle(next.message);
    }
    if (kept.length === 0) this.#drop(kept);
  }

  #expire(kept: UnclaimedMessage[]): void {
    const now = Date.now();
    const first = kept.findIndex(({ until }) => until > now);
    kept.splice(0, first < 0 ? kept.length : first);
    const [next] = kept;
    if (next) this.#timer = setTimeout(() => this.#expire(kept), next.until - now);
    else this.#drop(kept);
  }

  /** Forgets the messages that wait. */
  #drop(kept: UnclaimedMessage[]): void {
    kept.length = 0;
    if (this.#unclaimed !== kept) return;
    this.#unclaimed = undefined;
    clearTimeout(this.#timer);
    this.#options.unclaimed.delete(this.#model.model_id);
    deleteOwn(this.#model, "on");
  }
}

/**
 * Returns whether a model's class overrides `_handle_comm_msg`, so that it needs no listeners. A package
 * may bring a copy of base: the class that has `send_sync_message` is its `WidgetModel`.
 */
function overridesMessages(model: WidgetModel): boolean {
  return ownerOf(model, "_handle_comm_msg") !== ownerOf(model, "send_sync_message");
}

function ownerOf(object: object, method: string): object | null {
  let owner: object | null = object;
  while (owner && !Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner);
  return owner;
}
