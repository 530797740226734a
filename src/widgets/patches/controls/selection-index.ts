/**
 * Accepts an index beyond the options of a selection.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: Options arrive in one message and the index in the next. Between the two, the index may
 *   name options that do not exist, and the views throw. After a change by the user, the range slider's
 *   readout gets a single number first.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/3876
 * Gain: An update in two messages is shown.
 * Remove: when `SelectMultipleView` and `SelectionRangeSliderView` check the index.
 * Test: tests/widgets/controls.test.ts
 */
import {
  SelectionRangeSliderView,
  SelectMultipleView,
} from "@jupyter-widgets/controls/lib/widget_selection.js";

SelectMultipleView.prototype.updateSelection = function (this: SelectMultipleView) {
  const { options } = this.listbox;
  this.listbox.selectedIndex = -1;
  for (const index of this.model.get("index") ?? []) {
    if (options[index]) options[index].selected = true;
  }
};
SelectionRangeSliderView.prototype.updateReadout = function (
  this: SelectionRangeSliderView,
  index,
) {
  const labels: string[] = this.model.get("_options_labels");
  this.readout.textContent = [index]
    .flat()
    .map((each) => labels[each] ?? "")
    .join("-");
};
