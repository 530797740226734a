/**
 * Gives the label of a control without a tooltip no title.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The title of a label is "null" if the control has no tooltip. Button had the same fault.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/pull/3589
 * Gain: No tooltip.
 * Remove: when `DescriptionView.updateTooltip` checks for `null`.
 * Test: tests/widgets/patches.test.ts
 */
import { DescriptionView } from "@jupyter-widgets/controls/lib/widget_description.js";

const { updateTooltip } = DescriptionView.prototype;
DescriptionView.prototype.updateTooltip = function (this: DescriptionView) {
  updateTooltip.call(this);
  if (this.model.get("tooltip") === null) this.label?.removeAttribute("title");
};
