/**
 * Sets tooltips of models without a description.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: `updateTooltip` reads the length of `description`, and throws if a model has no description. A
 *   tooltip that is not text becomes a title.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/pull/3921
 * Gain: Such widgets are shown.
 * Remove: when `updateTooltip` checks both traits.
 * Test: tests/widgets/patches.test.ts
 */
import { DOMWidgetView } from "@jupyter-widgets/base";

DOMWidgetView.prototype.updateTooltip = function (this: DOMWidgetView): void {
  const title: unknown = this.model.get("tooltip");
  const description: unknown = this.model.get("description");
  if (typeof title !== "string" || title === "") this.el.removeAttribute("title");
  else if (!description) this.el.setAttribute("title", title);
};
