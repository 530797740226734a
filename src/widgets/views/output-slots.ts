/** The place of an output on the page: at most one live view in it, a sign while it loads, words when it fails. */
import type { DOMWidgetView, WidgetModel } from "@jupyter-widgets/base";
import { Widget } from "@lumino/widgets";
import { CommError, type OnError } from "../../comm/errors.js";
import type { OutputSink, OutputValue } from "../../shiny/output-binding.js";
import { showLoading } from "../../util/loading.js";
import type { ShinyWidgetManager } from "../manager/widget-manager.js";
import { applyFillQuirks, markOversized, settleBeforeReveal } from "../quirks/index.js";
import { errorElement } from "./error-view.js";
import { type Focus, giveFocus, noteFocus } from "./focus.js";
import { watchPrinting } from "./print.js";
import { watchSize } from "./sizing.js";

const FILL_CLASS = "forward-fill-potential";

/** Shiny's mark of outputs that it has bound. */
const BOUND_CLASS = "shiny-bound-output";

interface Slot {
  /** Grows with each value; what belongs to an older one is thrown away. */
  render: number;
  /** The value whose view is, or was last, in the output. */
  value: OutputValue | undefined;
  /** A view is on its way. */
  pending: boolean;
  /** Where the focus was in the view that goes. */
  focus: Focus | undefined;
  /** The room that a widget of the session before took up, in px. */
  height: number;
  view: DOMWidgetView | undefined;
  unwatch: (() => void) | undefined;
}

/** Shows widgets in outputs. */
export class OutputSlots implements OutputSink {
  readonly #manager: ShinyWidgetManager;
  readonly #onError: OnError;
  readonly #slots = new WeakMap<HTMLElement, Slot>();
  /** Elements with a live view, for those that leave the page without Shiny saying so. */
  readonly #live = new Set<HTMLElement>();
  /** Outputs that left it so, and are bound as before: who took them away may put them back. */
  readonly #away = new Set<WeakRef<HTMLElement>>();
  readonly #removals: MutationObserver;
  readonly #recalculations: MutationObserver;
  readonly #unwatchPrinting: () => void;
  /** Counts sessions: what is on its way from an older one is thrown away. */
  #session = 0;

  constructor(manager: ShinyWidgetManager, onError: OnError) {
    this.#manager = manager;
    this.#onError = onError;
    this.#removals = new MutationObserver(() => this.#sweep());
    this.#removals.observe(document, { childList: true, subtree: true });
    // Shiny hides what is in an output while it recalculates; what is hidden loses the focus.
    this.#recalculations = new MutationObserver((records) => {
      for (const { target } of records) this.#noteFocus(target as HTMLElement);
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
      this.#onError(error instanceof Error ? error : new CommError("WIDGET", String(error)));
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
   * A new session begins, and its widgets will come. Until then the sign stands in the places of
   * those that are there, and takes up as much room: the page does not jump.
   */
  expectSession(): void {
    this.#session += 1;
    for (const el of this.#live) {
      const slot = this.#slot(el);
      slot.pending = true;
      slot.height = el.getBoundingClientRect().height;
    }
  }

  /** Takes every view off the page. */
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
        `the output ${el.id} was sent ${JSON.stringify(value)}, not a widget`,
      );
    }
    el.style.visibility = "inherit";
    // Shiny hands the last value to an output that it binds anew, and the server may have closed that
    // widget while the output was hidden: it makes another now.
    if (this.#manager.isGone(value.model_id)) {
      slot.value = undefined;
      this.#dispose(el, slot);
      el.replaceChildren();
      return;
    }
    const fill = value.fill && el.classList.contains("html-fill-container");
    // The server closes the old widget when it has sent the value of the new one.
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
    this.#followModel(model, view);
    if (focus) giveFocus(el, focus);
    void this.#settle(el, slot, view, fill, reveal);
  }

  /** What is to be done once the view has been drawn. */
  async #settle(
    el: HTMLElement,
    slot: Slot,
    view: DOMWidgetView,
    fill: boolean,
    reveal: ReturnType<typeof settleBeforeReveal>,
  ): Promise<void> {
    await rendered(view);
    if (slot.view !== view) return;
    if (fill) applyFillQuirks(view.el);
    markOversized(el, view.el);
    await reveal?.(() => slot.view === view);
  }

  #noteFocus(el: HTMLElement): void {
    const slot = this.#slot(el);
    slot.focus = noteFocus(el) ?? slot.focus;
  }

  /** A model that the server closes takes its view along; the output keeps nothing of it. */
  #followModel(model: WidgetModel, view: DOMWidgetView): void {
    if ((model as unknown as { _closed?: boolean })._closed) view.remove();
  }

  #viewGone(el: HTMLElement, slot: Slot, view: DOMWidgetView): void {
    if (slot.view !== view) return;
    slot.unwatch?.();
    slot.view = undefined;
    slot.unwatch = undefined;
    this.#live.delete(el);
    // The server closed the old widget before the new one was there: its place is not left blank.
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
   * Disposes of the views whose output has left the page, and draws those anew whose output is back.
   * One that was moved in one go is there already.
   */
  #sweep(): void {
    for (const el of [...this.#live]) {
      if (el.isConnected) continue;
      const { value } = this.#slot(el);
      this.clear(el);
      // Shiny itself gives a value to those that it has unbound, when it binds them.
      if (!el.classList.contains(BOUND_CLASS)) continue;
      this.#slot(el).value = value;
      this.#away.add(new WeakRef(el));
    }
    for (const ref of this.#away) {
      const el = ref.deref();
      if (el && !el.isConnected) continue;
      this.#away.delete(ref);
      if (!el) continue;
      const { value, view, pending } = this.#slot(el);
      // Otherwise it has been given another value already.
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
  return typeof (value as { model_id?: unknown } | null)?.model_id === "string";
}

/** anywidget views draw after their `render` has returned; they say when. */
function rendered(view: DOMWidgetView): Promise<unknown> {
  const { drawn } = view as { drawn?: Promise<unknown> };
  return drawn ?? Promise.resolve();
}
