/** The messages of one model: each is handed to it after the one before, and early custom messages wait for a listener. */
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, handlerError, type OnError } from "../../comm/errors.js";
import type { CommMsgMessage } from "../../comm/messages.js";
import { isObject } from "../../util/object.js";
import { isClosed, listens } from "../patches/upstream.js";
import { within } from "./within.js";

/** So many custom messages of one model wait for a listener. */
const MAX_UNHEARD = 1_000;

/** What a model may have beside Jupyter's members, to take part in the order of its messages. */
export interface Starting {
  /** Settles when the model is ready for its first message; `undefined` when it is. */
  starting?(): Promise<unknown> | undefined;
  /** Ends that wait at once. */
  start?(): void;
  /** Whether something is under way that may begin to listen. */
  readonly isDrawing?: boolean;
  /** Takes a custom message that answers a call of the model's. @returns whether it does */
  answer?(content: unknown, buffers: readonly DataView[]): boolean;
}

/** What the inboxes of a manager share. */
export interface InboxOptions {
  /** Hands a message to its model. What it returns is awaited before the next message. */
  readonly handle: (model: WidgetModel, message: CommMsgMessage) => Promise<unknown> | undefined;
  /** Whether a view is being made that may begin to listen. */
  readonly expectsViews: () => boolean;
  readonly onError: OnError;
  /** How long a message waits for the one before it, and a custom message for a listener, in ms. */
  readonly waitMs: number;
  /** The custom messages that wait for a listener, by model. */
  readonly unheard: Map<string, readonly Unheard[]>;
  /** How many messages are not handled yet, by model. */
  readonly pending: Map<string, number>;
}

/** A custom message that waits for a listener. */
export interface Unheard {
  readonly message: CommMsgMessage;
  /** The end of the wait, in ms since the epoch. */
  readonly until: number;
}

/**
 * Hands a comm's messages to its model.
 *
 * Updates, and custom messages that somebody listens for, keep their order. A custom message leaves
 * no trace in the model, so one without a listener waits for the first listener of the model, or for
 * the views that are being made. Nothing waits behind it: what it waits for may depend on an update
 * or an answer that the server sent later. The close of the comm waits for no message, and the answer
 * to a call for no other.
 */
export class ModelInbox {
  readonly #options: InboxOptions;
  readonly #model: WidgetModel & Starting;
  /** What has come while a message is being handled. */
  readonly #queue: CommMsgMessage[] = [];
  #isBusy = false;
  /** How many views of the model are in a `render` that takes its time. */
  #renders = 0;
  #unheard: Unheard[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The model has, or had, a listener. */
  #heard = false;
  #overflowed = false;

  constructor(model: WidgetModel, options: InboxOptions) {
    this.#options = options;
    this.#model = model;
  }

  /** Takes a message. Never throws: what fails is reported. */
  receive(message: CommMsgMessage): void {
    const { method, content, state } = message.content.data;
    // Another module ends the wait for this one.
    if (isObject(state) && "_esm" in state) this.#model.start?.();
    if (method === "custom") {
      // An answer is for one alone, who may be what all the others wait for.
      const isAnswer = this.#model.answer?.(content, message.buffers) === true;
      if (isAnswer && !listens(this.#model, content)) return;
      if (this.#renders > 0) {
        void this.#hand(message);
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
   * Notes that a view's `render` awaits something. It may be a custom message, and the updates ahead of
   * that wait for the view: until then custom messages wait for no update, as they do not in base.
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
      void this.#hand(message);
    }
    this.#count();
  }

  #begin(message: CommMsgMessage): void {
    const taken = this.#take(message);
    // Most take no time, and then nothing is to be noted.
    if (!taken) return;
    this.#isBusy = true;
    this.#count();
    void within(taken, this.#options.waitMs).then(() => {
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

  #take(message: CommMsgMessage): Promise<unknown> | undefined {
    const starting = this.#model.starting?.();
    if (!starting) return this.#hand(message);
    return within(starting, this.#options.waitMs).then(() => {
      // What it has waited for may never be; the others have waited as well.
      this.#model.start?.();
      return this.#hand(message);
    });
  }

  #hand(message: CommMsgMessage): Promise<unknown> | undefined {
    if (isClosed(this.#model)) return undefined;
    const { method, content } = message.content.data;
    if (method !== "custom" || !this.#mustWait(content)) return this.#handle(message);
    this.#keep(message);
    return undefined;
  }

  #handle(message: CommMsgMessage): Promise<unknown> | undefined {
    const failed = (cause: unknown): void => {
      const { comm_id } = message.content;
      this.#options.onError(handlerError(comm_id, message.msg_type, cause));
    };
    try {
      return this.#options.handle(this.#model, message)?.catch(failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #mustWait(content: unknown): boolean {
    const model = this.#model;
    if (this.#unheard) return true;
    if (listens(model, content)) {
      this.#heard = true;
      return false;
    }
    if (handlesItself(model)) return false;
    return !this.#heard || model.isDrawing === true || this.#options.expectsViews();
  }

  #keep(message: CommMsgMessage): void {
    const { waitMs } = this.#options;
    const unheard = this.#unheard ?? this.#watch();
    if (unheard.length < MAX_UNHEARD) unheard.push({ message, until: Date.now() + waitMs });
    else this.#overflow(message.content.comm_id);
  }

  #overflow(comm_id: string): void {
    if (this.#overflowed) return;
    this.#overflowed = true;
    this.#options.onError(
      new CommError(
        "OVERFLOW",
        `comm ${comm_id}: more than ${MAX_UNHEARD} custom messages wait for a listener; the rest is dropped`,
        {
          comm_id,
          kind: "comm_msg",
          advice:
            "Nothing on the page listens for this widget's custom messages (msg:custom). Show the widget " +
            "before the server sends so many.",
        },
      ),
    );
  }

  /** Begins to keep messages. Meanwhile the model tells of new listeners by a method of its own. */
  #watch(): Unheard[] {
    const model = this.#model;
    const { unheard, waitMs } = this.#options;
    const kept: Unheard[] = [];
    this.#unheard = kept;
    unheard.set(model.model_id, kept);
    this.#timer = setTimeout(() => this.#expire(kept), waitMs);
    model.once("destroy", () => this.#drop(kept));
    const on = model.on as (...args: unknown[]) => WidgetModel;
    model.on = ((...args: unknown[]) => {
      on.apply(model, args);
      // A hook listens before it has run to its end, and its listener may use what comes after.
      queueMicrotask(() => this.#flush(kept));
      return model;
    }) as typeof model.on;
    return kept;
  }

  #flush(kept: Unheard[]): void {
    for (const next of [...kept]) {
      if (!listens(this.#model, next.message.content.data.content)) continue;
      kept.splice(kept.indexOf(next), 1);
      this.#heard = true;
      void this.#handle(next.message);
    }
    if (kept.length === 0) this.#drop(kept);
  }

  #expire(kept: Unheard[]): void {
    const now = Date.now();
    const first = kept.findIndex(({ until }) => until > now);
    kept.splice(0, first < 0 ? kept.length : first);
    const [next] = kept;
    if (next) this.#timer = setTimeout(() => this.#expire(kept), next.until - now);
    else this.#drop(kept);
  }

  /** Forgets what waits. */
  #drop(kept: Unheard[]): void {
    kept.length = 0;
    if (this.#unheard !== kept) return;
    this.#unheard = undefined;
    clearTimeout(this.#timer);
    this.#options.unheard.delete(this.#model.model_id);
    delete (this.#model as { on?: unknown }).on;
  }
}

/**
 * Whether a model's class handles messages in a way of its own, without listeners. The class is told by
 * its place: a package may bring a copy of base, whose `WidgetModel` has both of these methods.
 */
function handlesItself(model: WidgetModel): boolean {
  return ownerOf(model, "_handle_comm_msg") !== ownerOf(model, "send_sync_message");
}

function ownerOf(object: object, method: string): object | null {
  let owner: object | null = object;
  while (owner && !Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner);
  return owner;
}
