/**
 * Rejects children and CSS classes that are not lists, and splits classes at spaces.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: If `children` is not a list, the present views are removed and never shown again. If
 *   `_dom_classes` is not a list or has a class with a space in it, all later changes of it throw.
 * Issue: docs/upstream/malformed-lists.md
 * Gain: A later, valid value is shown.
 * Remove: when `ViewList.update` and `update_classes` check their arguments.
 * Test: tests/widgets/patches.test.ts
 */
import { DOMWidgetView, ViewList } from "@jupyter-widgets/base";

const { update } = ViewList.prototype;
ViewList.prototype.update = function (this: ViewList<unknown>, models, ...rest) {
  if (!Array.isArray(models)) throw new TypeError(`the children are ${String(models)}, not a list`);
  return update.call(this, models, ...rest);
};

const { update_classes } = DOMWidgetView.prototype;
DOMWidgetView.prototype.update_classes = function (this: DOMWidgetView, before, after, el) {
  if (!Array.isArray(after)) throw new TypeError(`the classes are ${String(after)}, not a list`);
  update_classes.call(this, words(before), words(after), el);
};

function words(classes: unknown): string[] {
  const all: unknown[] = Array.isArray(classes) ? classes : [];
  return all.flatMap((name) => String(name).split(/\s+/)).filter((name) => name !== "");
}
