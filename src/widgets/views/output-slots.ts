/** Outputs: each shows at most one live view, a placeholder while the widget loads, or an error. */
import type { DOMWidgetView } from "@jupyter-widgets/base";
import { Widget } from "@lumino/widgets";
import { CommError } from "../../comm/errors.js";
import type { OutputSink, OutputValue } from "../../shiny/output-binding.js";
import { showLoading } from "../../util/loading.js";
import { isObject } from "../../util/object.js";
import type { ShinyWidgetManager } from "../manager/widget-manager.js";
import { isClosed } from "../patches/internals.js";
import { markOversized } from "../quirks/oversized.js";
import { hideUntilSized } from "../quirks/plotly.js";
import { fillQuak } from "../quirks/quak.js";
import { createErrorElement } from "./error-view.js";
import { type Focus, giveFocus, noteFocus } from "./focus.js";
import { watchPrinting } from "./print.js";
import { watchSize } from "./sizing.js";

const FILL_CLASS = "forward-fill-potential";

/** The class of outputs that Shiny has bound. */
const BOUND_CLASS = "shiny-bound-output";

interface Slot {
  /** The number of the newest value. Pending views of older values are discarded. */
  renderNumber: number;
  /** The value of the current or the last view. */
  value: OutputValue | undefined;
  /** Whether a view is being made. */
  isPending: boolean;
  /** The place of the focus in the view that is being replaced. */
  focus: Focus | undefined;
  /** The height of the previous session's widget, in px; 0 for none. */
  height: number;
  view: DOMWidgetView | undefined;
  /** Ends the watch of the output's size. */
  unwatch: (() => void) | undefined;
}

/** Shows widgets in outputs. */
export class OutputSlots implements OutputSink {
  readonly #manager: ShinyWidgetManager;
  readonly #slots = new WeakMap<HTMLElement, Slot>();
  /** Elements with a live view. Shiny does not report when scripts remove them from the page. */
  readonly #live = new Set<HTMLElement>();
  /** Detached outputs that are still bound. Scripts may insert them again. */
  readonly #detached = new Set<WeakRef<HTMLElement>>();
  readonly #removals: MutationObserver;
  readonly #recalculations: MutationObserver;
  readonly #unwatchPrinting: () => void;
  /** The number of the session. Pending views of older sessions are discarded. */
  #session = 0;

  constructor(manager: ShinyWidgetManager) {
    this.#manager = manager;
    this.#removals = new MutationObserver(() => this.#updateDetached());
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
    const { renderNumber } = this.#slotOf(el);
    this.#manager.pendingViews.addUntil(shown);
    void shown.catch((error: unknown) => {
      if (this.#slotOf(el).renderNumber !== renderNumber) return;
      this.clear(el);
      el.style.visibility = "inherit";
      el.append(createErrorElement("This output cannot be shown.", error));
      const failure = error instanceof Error ? error : new CommError("WIDGET", String(error));
      this.#manager.failures.report(failure);
    });
  }

  clear(el: HTMLElement): void {
    const slot = this.#slotOf(el);
    slot.renderNumber += 1;
    slot.value = undefined;
    slot.focus = undefined;
    slot.isPending = false;
    this.#dispose(el, slot);
    el.replaceChildren();
  }

  /**
   * Prepares for the widgets of a new session. Until these arrive, a placeholder of the same height replaces
   * each widget, so that the page does not jump.
   */
  expectSession(): void {
    this.#session += 1;
    for (const el of this.#live) {
      const slot = this.#slotOf(el);
      slot.isPending = true;
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
    const slot = this.#slotOf(el);
    slot.renderNumber += 1;
    const { renderNumber } = slot;
    const session = this.#session;

    if (value === null || value === undefined) {
      slot.value = undefined;
      slot.isPending = false;
      this.#dispose(el, slot);
      el.replaceChildren();
      el.style.visibility = "hidden";
      return;
    }
    if (!isOutputValue(value)) {
      throw new CommError(
        "WIDGET",
        `cannot show the output ${el.id}: invalid value (expected a widget, got ${JSON.stringify(value)})`,
      );
    }
    const isCurrent = () => {
      if (slot.renderNumber !== renderNumber || this.#session !== session) return false;
      if (!el.isConnected) this.#keepDetached(el, value);
      return el.isConnected;
    };
    el.style.visibility = "inherit";
    // Shiny passes the last value to an output that it binds again. The server may have closed that
    // widget while the output was hidden, and then opens a new one.
    if (this.#manager.isGone(value.model_id)) {
      slot.value = undefined;
      this.#dispose(el, slot);
      el.replaceChildren();
      return;
    }
    const shouldFill = value.fill && el.classList.contains("html-fill-container");
    // The server closes the old widget after it has sent the new value.
    this.#noteFocus(el);
    if (!slot.view) showLoading(el);
    slot.isPending = true;

    const model = await this.#manager.get_part(value.model_id);
    if (!isCurrent()) return;
    const view = await this.#manager.create_view<DOMWidgetView>(model);
    if (!isCurrent()) {
      view.remove();
      return;
    }
    slot.isPending = false;
    this.#noteFocus(el);
    const { focus } = slot;
    slot.focus = undefined;
    this.#dispose(el, slot);
    el.replaceChildren();
    el.classList.toggle(FILL_CLASS, shouldFill);
    markOversized(el, undefined);
    const reveal = hideUntilSized(value, view, el);
    Widget.attach(view.luminoWidget, el);
    slot.view = view;
    slot.value = value;
    this.#live.add(el);
    slot.unwatch = watchSize(el, view);
    this.#recalculations.observe(el, { attributes: true, attributeFilter: ["class"] });
    view.once("remove", () => this.#onViewRemoved(el, slot, view));
    // The model may have been closed while its view was made.
    if (isClosed(model)) view.remove();
    if (focus) giveFocus(el, focus);
    void this.#finish(el, slot, view, shouldFill, reveal);
  }

  /** Finishes an output after its view is drawn. */
  async #finish(
    el: HTMLElement,
    slot: Slot,
    view: DOMWidgetView,
    shouldFill: boolean,
    reveal: ReturnType<typeof hideUntilSized>,
  ): Promise<void> {
    await waitUntilDrawn(view);
    if (slot.view !== view) return;
    if (shouldFill) fillQuak(view.el);
    markOversized(el, view.el);
    await reveal?.(() => slot.view === view);
  }

  #noteFocus(el: HTMLElement): void {
    const slot = this.#slotOf(el);
    slot.focus = noteFocus(el) ?? slot.focus;
  }

  #onViewRemoved(el: HTMLElement, slot: Slot, view: DOMWidgetView): void {
    if (slot.view !== view) return;
    slot.unwatch?.();
    slot.view = undefined;
    slot.unwatch = undefined;
    this.#live.delete(el);
    // The server has closed the old widget before the new one is drawn.
    if (!slot.isPending) return;
    const placeholder = showLoading(el);
    if (slot.height > 0) placeholder.style.minHeight = `${slot.height}px`;
    slot.height = 0;
  }

  #dispose(el: HTMLElement, slot: Slot): void {
    const { view } = slot;
    if (!view) return;
    this.#onViewRemoved(el, slot, view);
    view.remove();
  }

  /**
   * Disposes the views of outputs that were removed from the page, and draws outputs that were inserted
   * again. An output that moved within the page is connected when this method runs, and keeps its view.
   */
  #updateDetached(): void {
    for (const el of [...this.#live]) {
      if (el.isConnected) continue;
      const { value } = this.#slotOf(el);
      this.clear(el);
      this.#keepDetached(el, value);
    }
    for (const ref of this.#detached) {
      const el = ref.deref();
      if (el && !el.isConnected) continue;
      this.#detached.delete(ref);
      if (!el) continue;
      const { value, view, isPending } = this.#slotOf(el);
      // Otherwise the output has a newer value.
      if (value && !view && !isPending) this.render(el, value);
    }
  }

  /** Keeps the value of a detached output until scripts insert the output again. */
  #keepDetached(el: HTMLElement, value: OutputValue | undefined): void {
    // Shiny passes a value to an unbound output when it binds it.
    if (!el.classList.contains(BOUND_CLASS)) return;
    const slot = this.#slotOf(el);
    slot.value = value;
    slot.isPending = false;
    this.#detached.add(new WeakRef(el));
  }

  #slotOf(el: HTMLElement): Slot {
    let slot = this.#slots.get(el);
    if (!slot) {
      slot = {
        renderNumber: 0,
        value: undefined,
        isPending: false,
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
async function waitUntilDrawn(
  view: DOMWidgetView & { readonly drawn?: Promise<unknown> },
): Promise<void> {
  await view.drawn;
}
