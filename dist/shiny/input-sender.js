// src/shiny/input-sender.ts
import { CommError, messageOf } from "../comm/errors.js";
import { CLOSE_INPUT, OPEN_INPUT, SEND_INPUT } from "../comm/messages.js";
var MAX_PENDING = 1e3;
var INPUTS = [OPEN_INPUT, SEND_INPUT, CLOSE_INPUT];
var InputSender = class {
  #runtime;
  #session;
  #onError;
  #undos;
  #pending = [];
  #isScheduled = false;
  #hasReported = false;
  /** Whether `setInputValue` waits for a submit button, and keeps one value for each input. */
  #isDeferred = false;
  constructor({ runtime, session, onError }) {
    this.#runtime = runtime;
    this.#session = session;
    this.#onError = onError;
    this.#undos = [
      session.on("open", () => {
        if (session.epoch > 1) this.#pending.length = 0;
        this.#hasReported = false;
        this.#schedule();
      }),
      session.on("closed", () => {
        const sent = this.#runtime()?.shinyapp?.$inputValues ?? {};
        for (const input of INPUTS) delete sent[input];
        this.#schedule();
      })
    ];
  }
  /** The number of texts that wait for a session. */
  get pending() {
    return this.#pending.length;
  }
  dispose() {
    for (const undo of this.#undos) undo();
  }
  /**
   * Sends a text as soon as a session is open. After the session has ended the text is dropped, with one
   * error until the next session.
   *
   * @returns whether the text is accepted
   */
  send(comm_id, text, input = SEND_INPUT) {
    const { state } = this.#session;
    if (state === "closed" || state === "connecting" && this.#pending.length >= MAX_PENDING) {
      this.reportDropped(comm_id);
      return false;
    }
    this.#pending.push({ comm_id, input, text });
    this.#schedule();
    return true;
  }
  /** Reports that messages of a comm are dropped, once in a session. */
  reportDropped(comm_id) {
    if (this.#hasReported) return;
    this.#hasReported = true;
    this.#onError(
      new CommError(
        "NOT_CONNECTED",
        `comm ${comm_id}: no Shiny session to send to; this and all further messages are dropped`,
        { comm_id }
      )
    );
  }
  #schedule() {
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
  #drain() {
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
  #setInput(shiny, app, { comm_id, input, text }) {
    this.#isDeferred ||= !!globalThis.document?.querySelector(".shiny-submit-button");
    const sent = app.$inputValues ?? {};
    try {
      if (this.#isDeferred) app.sendInput({ [input]: text });
      else shiny.setInputValue?.(input, text, { priority: "event" });
    } catch (cause) {
      this.#onError(
        new CommError("HANDLER", `comm ${comm_id}: Shiny failed to send: ${messageOf(cause)}`, {
          comm_id,
          cause
        })
      );
      if (sent[input] !== text) app.sendInput({ [input]: text });
    }
    delete sent[input];
  }
};
export {
  InputSender
};
