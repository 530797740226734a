/**
 * Follows all traits of a layout or a style with one listener.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: performance
 * Fault: The view of a layout has a listener for each of forty traits, and removes properties from an
 *   element without properties. Styles do the same.
 * Issue: docs/upstream/performance.md
 * Gain: A fifth of the time to draw many widgets.
 * Remove: when `registerTrait` shares a listener.
 * Test: tests/widgets/patches.test.ts
 */
import { LayoutView, StyleView, type WidgetModel } from "@jupyter-widgets/base";
import { traitNamesOf } from "../internals.js";

LayoutView.prototype.registerTrait = function (this: LayoutView, trait) {
  follow(this, trait);
  this.handleChange(trait, this.model.get(trait));
};
StyleView.prototype.registerTrait = function (this: StyleView, trait) {
  follow(this, trait);
};

/** On elements that are laid out late: see `controls/slider-layout.ts`. */
export const WAITING_CLASS = "shiny-comm-waiting";

function follow(view: LayoutView | StyleView, trait: string): void {
  const traits = traitNamesOf(view);
  if (traits.push(trait) > 1) return;
  view.listenTo(view.model, "change", ({ changed }: WidgetModel) => {
    const { el } = view.options.parent ?? view;
    for (const sized of [el, ...el.children]) sized.classList.remove(WAITING_CLASS);
    for (const name of traits) {
      if (Object.hasOwn(changed, name)) view.handleChange(name, view.model.get(name));
    }
  });
}

const { handleChange } = LayoutView.prototype;
LayoutView.prototype.handleChange = function (this: LayoutView, trait, value) {
  const { parent } = this.options;
  if (value === null && parent?.el.style.length === 0) return;
  handleChange.call(this, trait, value);
};
