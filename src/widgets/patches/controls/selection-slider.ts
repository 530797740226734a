/**
 * Makes the readout of a SelectionSlider read-only, and styles its new handles.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The readout is editable, and edits have no effect. A slider of another orientation has a new
 *   handle, without the color of the style.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/pull/2976
 * Gain: Users are not offered what does not work.
 * Remove: when the readout is not editable, or edits select an option.
 * Test: tests/widgets/patches.test.ts
 */
import { SelectionSliderView } from "@jupyter-widgets/controls/lib/widget_selection.js";
import { styleHandles } from "./slider-handles.js";

const { update, regenSlider } = SelectionSliderView.prototype;
SelectionSliderView.prototype.update = function (this: SelectionSliderView, options) {
  update.call(this, options);
  this.readout.contentEditable = "false";
};
SelectionSliderView.prototype.regenSlider = function (this: SelectionSliderView, event) {
  regenSlider.call(this, event);
  styleHandles(this);
};
