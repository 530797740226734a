// src/shiny/input-sender.ts
import { CommError, messageOf } from "../comm/errors.js";
import { CLOSE_INPUT, OPEN_INPUT, SEND_INPUT } from "../comm/messages.js";
import { OPEN, pageJQuery } from "./runtime.js";
var MAX_HELD = 1e3;
var INPUTS = [OPEN_INPUT, SEND_INPUT, CLOSE_INPUT];
var Outbox = class {
  #runtime;
  #onError;
  #texts = [];
  #scheduled = false;
  /** There has been a session; if none is open now, it is over. */
  #hadSession = false;
  #reported = false;
  /** `setInputValue` is the one that waits for a button to be pressed, and keeps one value a name. */
  #deferred = false;
  constructor({ runtime, onError, takesCloses = () => false }) {
    this.takesCloses = takesCloses;
    this.#runtime = runtime;
    this.#onError = onError;
  }
  /** Follows the session. @returns the undo */
  listen() {
    const $ = pageJQuery();
    const onConnected = () => {
      if (this.#hadSession) this.#texts.length = 0;
      this.#hadSession = true;
      this.#reported = false;
      this.#schedule();
    };
    const onDisconnected = () => {
      this.#hadSession = true;
      const sent = this.#runtime()?.shinyapp?.$inputValues ?? {};
      for (const input of INPUTS) delete sent[input];
      if (this.#texts.length > 0) this.#schedule();
    };
    $?.(document).on("shiny:connected", onConnected);
    $?.(document).on("shiny:disconnected", onDisconnected);
    this.#state();
    return () => {
      $?.(document).off("shiny:connected", onConnected);
      $?.(document).off("shiny:disconnected", onDisconnected);
    };
  }
  /**
   * Sends a text as soon as there is a session. When the session is over, that is reported, once
   * until the next, and the text dropped.
   *
   * @returns whether it is on its way
   */
  put(comm_id, text, input = SEND_INPUT) {
    const full = this.#texts.length >= MAX_HELD && this.#state() === "starting";
    if (full || this.#state() === "over") {
      this.drop(comm_id);
      return false;
    }
    this.#texts.push({ comm_id, input, text });
    this.#schedule();
    return true;
  }
  /** Reports that something of a comm's cannot be sent, once a session. */
  drop(comm_id) {
    if (this.#reported) return;
    this.#reported = true;
    this.#onError(
      new CommError(
        "NOT_CONNECTED",
        `comm ${comm_id}: no Shiny session to send to; this and all further messages are dropped`,
        { comm_id }
      )
    );
  }
  inspect() {
    return { held: this.#texts.length, session: this.#state() };
  }
  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      try {
        this.#drain();
      } finally {
        this.#scheduled = false;
      }
    });
  }
  #drain() {
    for (let next = this.#texts[0]; next; next = this.#texts[0]) {
      const state = this.#state();
      if (state === "starting") return;
      this.#texts.shift();
      const shiny = this.#runtime();
      const app = shiny?.shinyapp;
      if (state === "over" || !shiny || !app) this.drop(next.comm_id);
      else this.#hand(shiny, app, next);
    }
  }
  #hand(shiny, app, { comm_id, input, text }) {
    this.#deferred ||= hasSubmitButton();
    const sent = app.$inputValues ?? {};
    try {
      if (this.#deferred) app.sendInput({ [input]: text });
      else shiny.setInputValue?.(input, text, { priority: "event" });
    } catch (cause) {
      this.#onError(
        new CommError(
          "HANDLER",
          `comm ${comm_id}: an error while Shiny sent (${messageOf(cause)})`,
          {
            comm_id,
            cause
          }
        )
      );
      if (sent[input] !== text) app.sendInput({ [input]: text });
    }
    delete sent[input];
  }
  #state() {
    const shiny = this.#runtime();
    if (!shiny) return "over";
    if (shiny.setInputValue && isOpen(shiny.shinyapp)) {
      this.#hadSession = true;
      return "open";
    }
    return this.#hadSession ? "over" : "starting";
  }
};
function hasSubmitButton() {
  const { document: page } = globalThis;
  return (page?.querySelector(".shiny-submit-button") ?? null) !== null;
}
function isOpen(app) {
  if (!app) return false;
  const { $socket } = app;
  return $socket ? $socket.readyState === OPEN : $socket === void 0 && !!app.isConnected?.();
}
export {
  Outbox
};
