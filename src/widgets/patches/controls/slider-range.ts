/**
 * Shows a slider's value even outside its range.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The view moves the value into the range and sends it. The view does so also between the server's
 *   messages for the value and for its range.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/3951
 * Gain: Only the user changes the value.
 * Remove: when `IntSliderView.update` does not set the model.
 * Test: tests/widgets/controls.test.ts
 */
import { BaseIntSliderView, IntSliderView } from "@jupyter-widgets/controls/lib/widget_int.js";

IntSliderView.prototype.update = function (this: IntSliderView, options) {
  BaseIntSliderView.prototype.update.call(this, options);
  this.readout.textContent = this.valueToString(this.model.get("value"));
};
