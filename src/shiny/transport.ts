/** Takes encoded messages to the Shiny session as an input, and tells models when the server has dealt with them. */
import type { ICallbacks } from "@jupyter-widgets/base";
import type { Transport } from "../comm/comm-manager.js";
import { NotConnectedError, type OnError } from "../comm/errors.js";
import { type CommMessage, type OutgoingMessage, SEND_INPUT } from "../comm/messages.js";
import { pageJQuery, type ShinyEvent, type ShinyRuntime } from "./runtime.js";

/** An answer that does not come for so long is not waited for, in ms. */
const ANSWER_MS = 2_000;

interface InFlight {
  readonly msg_id: string;
  readonly keys: readonly string[];
  readonly settle: () => void;
  /** Ends it without telling anyone. */
  readonly drop: () => void;
  settled: boolean;
}

export interface ShinyTransportOptions {
  /** Read anew at each send: the session comes after the runtime, and may go. */
  runtime: () => ShinyRuntime | undefined;
  onError: OnError;
}

/**
 * The way to the server through `Shiny.setInputValue`.
 *
 * A model keeps one update in flight and merges what changes meanwhile, if it is told when the
 * server has dealt with the one before: by its echo, else by the next `values` frame, which Shiny
 * sends after each message, else after two seconds.
 */
export class ShinyTransport implements Transport {
  readonly #runtime: () => ShinyRuntime | undefined;
  readonly #onError: OnError;
  readonly #inFlight = new Map<string, InFlight[]>();
  #counter = 0;
  #offlineReported = false;

  constructor({ runtime, onError }: ShinyTransportOptions) {
    this.#runtime = runtime;
    this.#onError = onError;
  }

  /** Listens for the frames that follow each message. @returns the undo */
  listen(): () => void {
    const $ = pageJQuery();
    const onMessage = ({ message }: ShinyEvent): void => {
      if (message && "values" in message) this.#settleAll();
    };
    const onConnected = (): void => {
      this.#offlineReported = false;
    };
    $?.(document).on("shiny:message", onMessage);
    $?.(document).on("shiny:connected", onConnected);
    return () => {
      $?.(document).off("shiny:message", onMessage);
      $?.(document).off("shiny:connected", onConnected);
    };
  }

  send(message: OutgoingMessage, text: string, callbacks: ICallbacks | undefined): string {
    this.#counter += 1;
    const msg_id = `${message.comm_id}-${this.#counter}`;
    const status = callbacks?.iopub?.status;
    if (!this.#put(message.comm_id, text)) {
      // The model must not wait for an answer that cannot come.
      queueMicrotask(() => status?.(IDLE));
      return msg_id;
    }
    if (status) this.#track(message, msg_id, () => status(IDLE));
    return msg_id;
  }

  /** Matches an echo with the update that it answers. Echoes come in the order of the updates. */
  received(message: CommMessage): void {
    const { comm_id, data } = message.content;
    if (data.method !== "echo_update") return;
    const waiting = this.#inFlight.get(comm_id);
    if (!waiting) return;
    const keys = Object.keys((data.state ?? {}) as object);
    const index = waiting.findIndex((sent) => keys.every((key) => sent.keys.includes(key)));
    if (index < 0) return;
    // Updates of which no trait is echoed get no answer; a later echo tells that they are past.
    const answered = waiting.splice(0, index + 1);
    const last = answered.at(-1);
    if (last) message.parent_header = { msg_id: last.msg_id };
    // The model must have taken the echo in before it sends what it has merged meanwhile.
    queueMicrotask(() => answered.forEach(settle));
  }

  forget(comm_id: string): void {
    for (const sent of this.#inFlight.get(comm_id) ?? []) sent.drop();
    this.#inFlight.delete(comm_id);
  }

  #put(comm_id: string, text: string): boolean {
    const shiny = this.#runtime();
    const app = shiny?.shinyapp;
    if (!shiny?.setInputValue || app?.isConnected?.() === false) {
      if (!this.#offlineReported) {
        this.#offlineReported = true;
        this.#onError(
          new NotConnectedError(`comm ${comm_id}: no Shiny session to send to`, { comm_id }),
        );
      }
      return false;
    }
    if (app && document.querySelector(".shiny-submit-button")) {
      // There `setInputValue` holds values back until the button is pressed, and keeps one a name.
      app.sendInput({ [SEND_INPUT]: text });
    } else {
      shiny.setInputValue(SEND_INPUT, text, { priority: "event" });
    }
    // What Shiny remembers of an input it sends again to a new session, which knows no such comm.
    if (app?.$inputValues) delete app.$inputValues[SEND_INPUT];
    return true;
  }

  #track(message: OutgoingMessage, msg_id: string, idle: () => void): void {
    const { comm_id, data } = message;
    const state = (data as { state?: object } | null)?.state;
    const sent: InFlight = {
      msg_id,
      keys: state ? Object.keys(state) : [],
      settled: false,
      settle: () => {
        clearTimeout(timer);
        idle();
      },
      drop: () => {
        clearTimeout(timer);
        sent.settled = true;
      },
    };
    const timer = setTimeout(() => settle(sent), ANSWER_MS);
    const waiting = this.#inFlight.get(comm_id);
    if (waiting) waiting.push(sent);
    else this.#inFlight.set(comm_id, [sent]);
  }

  /** A `values` frame: the server has worked off what it was sent. Echoes may still be matched. */
  #settleAll(): void {
    for (const [comm_id, waiting] of this.#inFlight) {
      for (const sent of waiting) settle(sent);
      // A model has at most one update in flight, so only the last few can still be echoed.
      if (waiting.length > 8) this.#inFlight.set(comm_id, waiting.slice(-8));
    }
  }
}

const IDLE = {
  header: { msg_type: "status" },
  content: { execution_state: "idle" },
} as unknown as Parameters<NonNullable<NonNullable<ICallbacks["iopub"]>["status"]>>[0];

function settle(sent: InFlight): void {
  if (sent.settled) return;
  sent.settled = true;
  sent.settle();
}
