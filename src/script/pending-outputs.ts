/** Holds the values of outputs until the widgets' client has loaded. */
import type { OutputSink } from "../shiny/output-binding.js";
import type { Session } from "../shiny/session.js";
import { showLoading } from "../util/loading.js";

export class PendingOutputs implements OutputSink {
  /** The outputs with a placeholder, also outputs of earlier sessions. */
  readonly #loading = new Set<HTMLElement>();
  /** The newest value of each output. */
  readonly #pending = new Map<HTMLElement, unknown>();
  #sink: OutputSink | undefined;
  #hasFailed = false;

  /** @param session the session whose end drops the pending values */
  constructor(session?: Session) {
    session?.on("reset", () => this.#pending.clear());
  }

  render(el: HTMLElement, value: unknown): void {
    if (this.#sink) {
      this.#sink.render(el, value);
      return;
    }
    if (value === null) this.clear(el);
    else if (this.#hasFailed) showFailure(el);
    else {
      this.#loading.add(el);
      showLoading(el);
    }
    if (!this.#hasFailed) this.#pending.set(el, value);
  }

  clear(el: HTMLElement): void {
    if (this.#sink) {
      this.#sink.clear(el);
      return;
    }
    this.#pending.delete(el);
    this.#loading.delete(el);
    el.replaceChildren();
  }

  /** Passes the pending values on, and all later ones. */
  flushTo(sink: OutputSink): void {
    this.#sink = sink;
    for (const [el, value] of this.#pending) sink.render(el, value);
    this.#pending.clear();
    this.#loading.clear();
  }

  /** Shows in all outputs that the client cannot be loaded. */
  fail(): void {
    this.#hasFailed = true;
    for (const el of this.#loading) showFailure(el);
  }
}

function showFailure(el: HTMLElement): void {
  el.replaceChildren("The client for widgets (shiny-comm) could not be loaded.");
}
