/** Holds the values of outputs until the widgets' client has loaded. */
import type { OutputSink } from "../shiny/output-binding.js";
import type { Session } from "../shiny/session.js";
import { showLoading } from "../util/loading.js";

export class PendingOutputs implements OutputSink {
  readonly #loading = new Set<HTMLElement>();
  #pending: ((sink: OutputSink) => void)[] = [];
  #sink: OutputSink | undefined;
  #hasFailed = false;

  constructor(session: Session) {
    session.on("reset", () => {
      this.#pending = [];
    });
  }

  render(el: HTMLElement, value: unknown): void {
    if (this.#sink) this.#sink.render(el, value);
    else if (!this.#hasFailed) {
      if (value !== null) {
        this.#loading.add(el);
        showLoading(el);
      }
      this.#pending.push((sink) => sink.render(el, value));
    } else if (value === null) el.replaceChildren();
    else showFailure(el);
  }

  clear(el: HTMLElement): void {
    if (this.#sink) this.#sink.clear(el);
    else if (!this.#hasFailed) this.#pending.push((sink) => sink.clear(el));
  }

  /** Passes the pending values on, in order, and all later ones. */
  flushTo(sink: OutputSink): void {
    this.#sink = sink;
    this.#loading.clear();
    for (const deliver of this.#pending.splice(0)) deliver(sink);
  }

  /** Shows in all outputs that the client cannot be loaded. */
  fail(): void {
    this.#hasFailed = true;
    this.#pending = [];
    for (const el of this.#loading) showFailure(el);
    this.#loading.clear();
  }
}

function showFailure(el: HTMLElement): void {
  el.replaceChildren("The client for widgets (shiny-comm) could not be loaded.");
}
