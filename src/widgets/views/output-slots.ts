/** Outputs: each has at most one live view, a sign while the widget loads, or an error. */
import type { DOMWidgetView } from "@jupyter-widgets/base";
import { Widget } from "@lumino/widgets";
import { CommError } from "../../comm/errors.js";
import type { OutputSink, OutputValue } from "../../shiny/output-binding.js";
import { showLoading } from "../../util/loading.js";
import { isObject } from "../../util/object.js";
import type { ShinyWidgetManager } from "../manager/widget-manager.js";
import { isClosed } from "../patches/internals.js";
import { markOversized } from "../quirks/oversized.js";
import { settleBeforeReveal } from "../quirks/plotly.js";
import { fillQuak } from "../quirks/quak.js";
import { errorElement } from "./error-view.js";
import { type Focus, giveFocus, noteFocus } from "./focus.js";
import { watchPrinting } from "./print.js";
import { watchSize } from "./sizing.js";

const FILL_CLASS = "forward-fill-potential";

/** Shiny's mark of outputs that it has bound. */
const BOUND_CLASS = "shiny-bound-output";

interface Slot {
  /** The number of the newest value: pending views of older values are discarded. */
  render: number;
  /** The value of the present, or of the last, view. */
  value: OutputValue | undefined;
  /** Whether a view is being made. */
  pending: boolean;
  /** The place of the focus in the view that is being replaced. */
  focus: Focus | undefined;
  /** The height of a widget of the previous session, in px. */
  height: number;
  view: DOMWidgetView | undefined;
  unwatch: (() => void) | undefined;
}

/** Shows widgets in outputs. */
export class OutputSlots implements OutputSink {
  readonly #manager: ShinyWidgetManager;
  readonly #slots = new WeakMap<HTMLElement, Slot>();
  /** Elements with a live view. Shiny does not report when scripts remove them from the page. */
  readonly #live = new Set<HTMLElement>();
  /** Detached outputs that are still bound: scripts may insert them again. */
  readonly #detached = new Set<WeakRef<HTMLElement>>();
  readonly #removals: MutationObserver;
  readonly #recalculations: MutationObserver;
  readonly #unwatchPrinting: () => void;
  /** The number of the session: pending views of older sessions are discarded. */
  #session = 0;

  constructor(manager: ShinyWidgetManager) {
    this.#manager = manager;
    this.#removals = new MutationObserver(() => this.#sweep());
    this.#removals.observe(document, { childList: true, subtree: true });
    // Shiny hides the content of an output while it recalculates, and hidden elements lose the focus.
    this.#recalculations = new MutationObserver((records) => {
      for (const { target } of records) {
        if (target instanceof HTMLElement) this.#noteFocus(target);
      }
    });
    this.#unwatchPrinting = watchPrinting(this.#live);
  }

  render(el: HTMLElement, value: unknown): void {
    const shown = this.#render(el, value);
    const { render } = this.#slot(el);
    this.#manager.pendingViews.addUntil(shown);
    void shown.catch((error: unknown) => {
      if (this.#slot(el).render !== render) return;
      this.clear(el);
      el.style.visibility = "inherit";
      el.append(errorElement("This output cannot be shown.", error));
      const failure = error instanceof Error ? error : new CommError("WIDGET", String(error));
      this.#manager.failures.report(failure);
    });
  }

  clear(el: HTMLElement): void {
    const slot = this.#slot(el);
    slot.render += 1;
    slot.value = undefined;
    slot.focus = undefined;
    slot.pending = false;
    this.#dispose(el, slot);
    el.replaceChildren();
  }

  /**
   * Expects the widgets of a new session. Until these arrive, a sign of the same height replaces each
   * present widget, so that the page does not jump.
   */
  expectSession(): void {
    this.#session += 1;
    for (const el of this.#live) {
      const slot = this.#slot(el);
      slot.pending = true;
      slot.height = el.getBoundingClientRect().height;
    }
  }

  /** Removes all views. */
  dispose(): void {
    for (const el of [...this.#live]) this.clear(el);
    this.#removals.disconnect();
    this.#recalculations.disconnect();
    this.#unwatchPrinting();
  }

  async #render(el: HTMLElement, value: unknown): Promise<void> {
    const slot = this.#slot(el);
    slot.render += 1;
    const render = slot.render;
    const session = this.#session;
    const current = () => slot.render === render && this.#session === session && el.isConnected;

    if (value === null || value === undefined) {
      slot.value = undefined;
      slot.pending = false;
      this.#dispose(el, slot);
      el.replaceChildren();
      el.style.visibility = "hidden";
      return;
    }
    if (!isOutputValue(value)) {
      throw new CommError(
        "WIDGET",
        `cannot show the output ${el.id}: ${JSON.stringify(value)} is not a widget`,
      );
    }
    el.style.visibility = "inherit";
    // Shiny passes the last value to an output that it binds again. The server may have closed that
    // widget while the output was hidden, and makes another now.
    if (this.#manager.isGone(value.model_id)) {
      slot.value = undefined;
      this.#dispose(el, slot);
      el.replaceChildren();
      return;
    }
    const fill = value.fill && el.classList.contains("html-fill-container");
    // The server closes the old widget after it has sent the new value.
    this.#noteFocus(el);
    if (!slot.view) showLoading(el);
    slot.pending = true;

    const model = await this.#manager.get_part(value.model_id);
    if (!current()) return;
    const view = await this.#manager.create_view<DOMWidgetView>(model);
    if (!current()) {
      view.remove();
      return;
    }
    slot.pending = false;
    this.#noteFocus(el);
    const { focus } = slot;
    slot.focus = undefined;
    this.#dispose(el, slot);
    el.replaceChildren();
    el.classList.toggle(FILL_CLASS, fill);
    markOversized(el, undefined);
    const reveal = settleBeforeReveal(value, view, el);
    Widget.attach(view.luminoWidget, el);
    slot.view = view;
    slot.value = value;
    this.#live.add(el);
    slot.unwatch = watchSize(el, view);
    this.#recalculations.observe(el, { attributes: true, attributeFilter: ["class"] });
    view.once("remove", () => this.#viewGone(el, slot, view));
    // The model may have been closed while its view was made.
    if (isClosed(model)) view.remove();
    if (focus) giveFocus(el, focus);
    void this.#settle(el, slot, view, fill, reveal);
  }

  /** Finishes an output after its view is drawn. */
  async #settle(
    el: HTMLElement,
    slot: Slot,
    view: DOMWidgetView,
    fill: boolean,
    reveal: ReturnType<typeof settleBeforeReveal>,
  ): Promise<void> {
    await drawn(view);
    if (slot.view !== view) return;
    if (fill) fillQuak(view.el);
    markOversized(el, view.el);
    await reveal?.(() => slot.view === view);
  }

  #noteFocus(el: HTMLElement): void {
    const slot = this.#slot(el);
    slot.focus = noteFocus(el) ?? slot.focus;
  }

  #viewGone(el: HTMLElement, slot: Slot, view: DOMWidgetView): void {
    if (slot.view !== view) return;
    slot.unwatch?.();
    slot.view = undefined;
    slot.unwatch = undefined;
    this.#live.delete(el);
    // The server has closed the old widget before the new one is drawn.
    if (!slot.pending) return;
    const sign = showLoading(el);
    if (slot.height > 0) sign.style.minHeight = `${slot.height}px`;
    slot.height = 0;
  }

  #dispose(el: HTMLElement, slot: Slot): void {
    const { view } = slot;
    if (!view) return;
    this.#viewGone(el, slot, view);
    view.remove();
  }

  /**
   * Disposes the views of outputs that have left the page, and draws outputs that are back. An output
   * that was moved within the page is connected again by now.
   */
  #sweep(): void {
    for (const el of [...this.#live]) {
      if (el.isConnected) continue;
      const { value } = this.#slot(el);
      this.clear(el);
      // Shiny passes a value to an unbound output when it binds it.
      if (!el.classList.contains(BOUND_CLASS)) continue;
      this.#slot(el).value = value;
      this.#detached.add(new WeakRef(el));
    }
    for (const ref of this.#detached) {
      const el = ref.deref();
      if (el && !el.isConnected) continue;
      this.#detached.delete(ref);
      if (!el) continue;
      const { value, view, pending } = this.#slot(el);
      // Otherwise it has another value already.
      if (value && !view && !pending) this.render(el, value);
    }
  }

  #slot(el: HTMLElement): Slot {
    let slot = this.#slots.get(el);
    if (!slot) {
      slot = {
        render: 0,
        value: undefined,
        pending: false,
        focus: undefined,
        height: 0,
        view: undefined,
        unwatch: undefined,
      };
      this.#slots.set(el, slot);
    }
    return slot;
  }
}

function isOutputValue(value: unknown): value is OutputValue {
  return isObject(value) && typeof value.model_id === "string";
}

/** Settles when a view is drawn. The views of anywidgets draw after their `render` has returned. */
async function drawn(view: DOMWidgetView & { readonly drawn?: Promise<unknown> }): Promise<void> {
  await view.drawn;
}
