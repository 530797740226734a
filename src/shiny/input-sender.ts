/** Sends texts to the server as Shiny inputs, in order, in every state of the runtime. */
import { CommError, messageOf, type OnError } from "../comm/errors.js";
import { CLOSE_INPUT, OPEN_INPUT, SEND_INPUT } from "../comm/messages.js";
import type { ShinyApp, ShinyPort } from "./runtime.js";
import type { Session } from "./session.js";

/** The number of texts that can wait for the first session; a page may never get one. */
const MAX_PENDING = 1_000;

/** The inputs that carry texts. */
const INPUTS = [OPEN_INPUT, SEND_INPUT, CLOSE_INPUT];

interface Text {
  readonly comm_id: string;
  readonly input: string;
  readonly text: string;
}

export interface InputSenderOptions {
  /** Returns the runtime. Read at each use: Shiny's session comes after its runtime. */
  runtime: () => ShinyPort | undefined;
  session: Session;
  onError: OnError;
}

/**
 * Sends texts in a microtask. If a listener of Shiny's own input events calls `setInputValue`, Shiny keeps only
 * the last value of an input, and may not send that value.
 */
export class InputSender {
  readonly #runtime: () => ShinyPort | undefined;
  readonly #session: Session;
  readonly #onError: OnError;
  readonly #undos: (() => void)[];
  readonly #pending: Text[] = [];
  #isScheduled = false;
  #hasReported = false;
  /** Whether `setInputValue` waits for a submit button, and keeps one value for each input. */
  #isDeferred = false;

  constructor({ runtime, session, onError }: InputSenderOptions) {
    this.#runtime = runtime;
    this.#session = session;
    this.#onError = onError;
    this.#undos = [
      session.on("open", () => {
        // Texts from models of an earlier session have no meaning in this one.
        if (session.epoch > 1) this.#pending.length = 0;
        this.#hasReported = false;
        // Shiny sends `init` after this event, in the same task.
        this.#schedule();
      }),
      session.on("closed", () => {
        // A wrapper of `setInputValue` may have deferred a call; Shiny replays values to the next session.
        const sent = this.#runtime()?.shinyapp?.$inputValues ?? {};
        for (const input of INPUTS) delete sent[input];
        this.#schedule();
      }),
    ];
  }

  /** The number of texts that wait for a session. */
  get pending(): number {
    return this.#pending.length;
  }

  dispose(): void {
    for (const undo of this.#undos) undo();
  }

  /**
   * Sends a text as soon as a session is open. After the session has ended the text is dropped, with one
   * error until the next session.
   *
   * @returns whether the text is accepted
   */
  send(comm_id: string, text: string, input: string = SEND_INPUT): boolean {
    const { state } = this.#session;
    if (state === "closed" || (state === "connecting" && this.#pending.length >= MAX_PENDING)) {
      this.reportDropped(comm_id);
      return false;
    }
    this.#pending.push({ comm_id, input, text });
    this.#schedule();
    return true;
  }

  /** Reports that messages of a comm are dropped, once in a session. */
  reportDropped(comm_id: string): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    this.#onError(
      new CommError(
        "NOT_CONNECTED",
        `comm ${comm_id}: no Shiny session to send to; this and all further messages are dropped`,
        { comm_id },
      ),
    );
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      try {
        this.#drain();
      } finally {
        this.#isScheduled = false;
      }
    });
  }

  #drain(): void {
    // Listeners of Shiny's events may add texts meanwhile.
    for (let next = this.#pending[0]; next; next = this.#pending[0]) {
      const { state } = this.#session;
      if (state === "connecting") return;
      this.#pending.shift();
      const shiny = this.#runtime();
      const app = shiny?.shinyapp;
      if (state === "closed" || !shiny || !app) this.reportDropped(next.comm_id);
      else this.#setInput(shiny, app, next);
    }
  }

  #setInput(shiny: ShinyPort, app: ShinyApp, { comm_id, input, text }: Text): void {
    // Shiny decides at its start whether it defers; the button may be removed later.
    // In tests there is a runtime without a page.
    this.#isDeferred ||= !!globalThis.document?.querySelector(".shiny-submit-button");
    const sent = app.$inputValues ?? {};
    try {
      if (this.#isDeferred) app.sendInput({ [input]: text });
      else shiny.setInputValue?.(input, text, { priority: "event" });
    } catch (cause) {
      // Other scripts wrap `setInputValue`, and listen to its events.
      this.#onError(
        new CommError("HANDLER", `comm ${comm_id}: Shiny failed to send: ${messageOf(cause)}`, {
          comm_id,
          cause,
        }),
      );
      if (sent[input] !== text) app.sendInput({ [input]: text });
    }
    // Shiny sends the input values that it remembers to a new session, which has no such comm.
    delete sent[input];
  }
}
