/**
 * Styles and names a slider's handles after its orientation has changed.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: A slider of another orientation has new handles, without the color of the style.
 * Issue: docs/upstream/slider-handles.md
 * Gain: Handles look the same, and have names.
 * Remove: when `regenSlider` applies the style.
 * Test: tests/widgets/controls-edge.test.ts
 */
import type { DescriptionView } from "@jupyter-widgets/controls/lib/widget_description.js";
import { BaseIntSliderView } from "@jupyter-widgets/controls/lib/widget_int.js";
import { nameParts } from "./part-names.js";

const { regenSlider } = BaseIntSliderView.prototype;
BaseIntSliderView.prototype.regenSlider = function (this: BaseIntSliderView, event) {
  regenSlider.call(this, event);
  styleHandles(this);
};

/** Styles and names the new handles of a slider. */
export function styleHandles(view: DescriptionView): void {
  nameParts(view);
  void view.stylePromise?.then((style) => style?.style());
}
