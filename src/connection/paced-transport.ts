/** Takes encoded messages to the Shiny session, paced by what Shiny tells of the server's work. */
import type { Callbacks } from "../comm/comm.js";
import type { Transport } from "../comm/comm-manager.js";
import { CommError, messageOf, type OnError } from "../comm/errors.js";
import {
  CLOSE_INPUT,
  type CommMessage,
  OPEN_INPUT,
  type OutgoingMessage,
} from "../comm/messages.js";
import { type Lane, SendQueue } from "../comm/send-queue.js";
import { markIndifferent, pageJQuery, type ShinyEvent } from "../shiny/runtime.js";
import { newId } from "../util/id.js";
import { pageThinning, type Thin } from "./pacing.js";
import type { Outlet, OutletState } from "./shared-page.js";

/** What is on its way to the server, for an inspector to read. */
export interface TransportState extends OutletState {
  /** By comm. */
  readonly lanes: ReadonlyMap<string, Readonly<Lane>>;
}

export interface ShinyTransportOptions {
  /** Where texts leave. */
  outlet: Outlet;
  onError: OnError;
}

/**
 * The way to the server: a queue that paces what leaves by the outlet.
 *
 * A model keeps one update under way and merges what changes meanwhile, as it is told when the
 * server has dealt with the one before. Custom messages are sent at once, in their order with the
 * updates; those that the page's policy names are thinned.
 */
export class ShinyTransport implements Transport {
  readonly #onError: OnError;
  readonly #outlet: Outlet;
  readonly #queue: SendQueue;
  readonly #thin: Thin;
  #follows = false;

  constructor({ outlet, onError }: ShinyTransportOptions) {
    this.#onError = onError;
    this.#outlet = outlet;
    this.#thin = pageThinning(onError);
    this.#queue = new SendQueue(({ comm_id, text }) => this.#outlet.put(comm_id, text));
    markIndifferent(this.#onFrame);
  }

  /** Follows the session and the server's work. @returns the undo */
  listen(): () => void {
    const $ = pageJQuery();
    const onBusy = (): void => this.#queue.serverBusy();
    const onIdle = (): void => this.#queue.serverIdle();
    const onDisconnected = (): void => {
      for (const comm_id of this.#queue.clear()) this.#outlet.drop(comm_id);
    };
    $?.(document).on("shiny:busy", onBusy);
    $?.(document).on("shiny:idle", onIdle);
    $?.(document).on("shiny:disconnected", onDisconnected);
    return () => {
      this.#followFrames(false);
      $?.(document).off("shiny:busy", onBusy);
      $?.(document).off("shiny:idle", onIdle);
      $?.(document).off("shiny:disconnected", onDisconnected);
    };
  }

  send(message: OutgoingMessage, text: string, callbacks: Callbacks | undefined): string {
    const { comm_id } = message;
    const msg_id = newId();
    const status = callbacks?.iopub?.status as ((message: object) => void) | undefined;
    const data = message.data as UpdateData | null;
    const isUpdate = data?.method === "update" && status !== undefined;
    const thinned = data?.method === "custom" ? this.#thinned(comm_id, data.content) : undefined;
    this.#queue.send({
      comm_id,
      msg_id,
      text,
      // An event's name must not be taken for the key of updates.
      coalesceKey: isUpdate ? "update" : thinned === undefined ? undefined : `custom ${thinned}`,
      coalescable: thinned !== undefined,
      keys: isUpdate ? traitsIn(data) : [],
      done: status && (() => status(IDLE)),
    });
    if (this.#queue.awaits) this.#followFrames(true);
    return msg_id;
  }

  open({ comm_id }: OutgoingMessage, text: string): void {
    this.#outlet.put(comm_id, text, OPEN_INPUT);
  }

  close({ comm_id }: OutgoingMessage, text: () => string): void {
    if (!this.#outlet.takesCloses()) return;
    const closing = text();
    this.#queue.flush(comm_id);
    this.#outlet.put(comm_id, closing, CLOSE_INPUT);
  }

  /** Matches an echo with the update that it answers. Echoes come in the order of the updates. */
  received(message: CommMessage): void {
    const { comm_id, data } = message.content;
    if (data.method !== "echo_update") return;
    const msg_id = this.#queue.echoed(comm_id, traitsIn(data));
    if (msg_id !== undefined) message.parent_header = { msg_id };
  }

  forget(comm_id: string): void {
    this.#queue.forget(comm_id);
  }

  /** Listens to each frame that comes, which costs time for each; so only while it may be an answer. */
  #followFrames(follow: boolean): void {
    if (this.#follows === follow) return;
    this.#follows = follow;
    const frames = pageJQuery()?.(document);
    if (follow) frames?.on("shiny:message", this.#onFrame);
    else frames?.off("shiny:message", this.#onFrame);
  }

  readonly #onFrame = ({ message }: ShinyEvent): void => {
    if (message && "values" in message) this.#queue.serverFlushed();
    if (!this.#queue.awaits) this.#followFrames(false);
  };

  /** What waits and is under way, as it is now; not to be changed. */
  inspect(): TransportState {
    return { ...this.#outlet.inspect(), lanes: this.#queue.inspect() };
  }

  #thinned(comm_id: string, content: unknown): string | undefined {
    try {
      return this.#thin(content);
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

const IDLE = {
  header: { msg_type: "status" },
  content: { execution_state: "idle" },
};

/** The data of an update, an echo or a custom message. */
interface UpdateData {
  method?: unknown;
  content?: unknown;
  state?: unknown;
  buffer_paths?: unknown;
}

/** The traits that an update or an echo is of. Those that are bytes are not in its state, but in its paths. */
function traitsIn({ state, buffer_paths }: UpdateData): string[] {
  const traits = new Set(Object.keys((state ?? {}) as object));
  for (const path of Array.isArray(buffer_paths) ? buffer_paths : []) {
    const trait: unknown = Array.isArray(path) ? path[0] : undefined;
    if (typeof trait === "string") traits.add(trait);
  }
  return [...traits];
}
