/**
 * Removes a view's listener for custom messages, and its layout's and style's views, with the view.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault, performance
 * Fault: A view never removes its listener to `msg:custom`, so a model that outlives its views keeps
 *   them all. Nor does a view remove the views of its layout and style, which keep it.
 * Issue: docs/upstream/view-listeners.md
 * Gain: Removed views are freed. Each view has one listener less: a control has three views.
 * Remove: when base uses `listenTo` for `msg:custom` and removes the views of layout and style.
 * Test: tests/widgets/patches.test.ts
 */
import { DOMWidgetView, type WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { isObject } from "../../../util/object.js";
import { domViewInternals, modelInternals } from "../internals.js";
import { relayPhosphor } from "./phosphor-messages.js";

// The rest is what base does (widget.ts).
WidgetView.prototype.initialize = function (this: WidgetView, { options }) {
  const { model } = this;
  if (this instanceof DOMWidgetView) relayPhosphor(this);
  this.listenTo(model, "change", (_: WidgetModel, changeOptions: unknown) => {
    const changed = Object.keys(model.changedAttributes() || {});
    if (changed[0] !== "_view_count" || changed.length > 1) this.update(changeOptions);
  });
  this.options = options;
  // Not bound, so that `hasListener` recognizes base's method.
  const { handle_message } = this;
  model.on("msg:custom", handle_message, this);
  this.once("remove", () => {
    countViews(model, -1);
    model.off("msg:custom", handle_message, this);
    const { layoutPromise, stylePromise } = domViewInternals(this);
    for (const made of [layoutPromise, stylePromise]) void made?.then(removeView, () => undefined);
  });
  this.displayed = new Promise((resolve) => {
    this.once("displayed", () => {
      countViews(model, 1);
      resolve(this);
    });
  });
};

function countViews(model: WidgetModel, change: number): void {
  const count: unknown = model.get("_view_count");
  if (typeof count !== "number") return;
  model.set("_view_count", count + change);
  model.save_changes();
}

function removeView(view: WidgetView | undefined): void {
  view?.remove();
}

const baseHandler: unknown = WidgetView.prototype.handle_message;

/** Returns whether a model has a listener for a custom message. Base's views listen for focus and blur. */
export function hasListener(model: WidgetModel, content: unknown): boolean {
  const { _events: events } = modelInternals(model);
  if (events?.all?.length) return true;
  const action = isObject(content) ? content.do : undefined;
  const isForViews = action === "focus" || action === "blur";
  return (
    events?.["msg:custom"]?.some(({ callback }) => isForViews || callback !== baseHandler) === true
  );
}
