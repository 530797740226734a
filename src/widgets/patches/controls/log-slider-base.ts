/**
 * Moves the handle of a FloatLogSlider when its base changes.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The handle follows the value, and not the base.
 * Issue: docs/upstream/log-slider-base.md
 * Gain: The handle is at the value.
 * Remove: when `FloatLogSliderView` listens to `change:base`.
 * Test: tests/widgets/controls.test.ts
 */
import { FloatLogSliderView } from "@jupyter-widgets/controls/lib/widget_float.js";

const { update } = FloatLogSliderView.prototype;
FloatLogSliderView.prototype.update = function (this: FloatLogSliderView, options) {
  update.call(this, options);
  if (this.model.hasChanged("base")) this.updateSliderOptions(options);
};
