/** Works around faults in the sliders of `@jupyter-widgets/controls`. */
import { FloatLogSliderView } from "@jupyter-widgets/controls/lib/widget_float.js";
import {
  BaseIntSliderView,
  IntRangeSliderView,
  IntSliderView,
} from "@jupyter-widgets/controls/lib/widget_int.js";

// The view brings the value into the range, and sends that: between the messages of a value and of
// its range, it is for the model to say what holds.
IntSliderView.prototype.update = function (this: IntSliderView, options) {
  BaseIntSliderView.prototype.update.call(this, options);
  this.readout.textContent = this.valueToString(this.model.get("value") as number);
};

// Handles follow the base as they do the value.
const updateLogSlider = FloatLogSliderView.prototype.update;
FloatLogSliderView.prototype.update = function (this: FloatLogSliderView, options) {
  updateLogSlider.call(this, options);
  if (this.model.hasChanged("base")) this.updateSliderOptions(options);
};

// The view waits for a `blur`, which does not get from the readout to it: what has been typed is taken
// when the user goes elsewhere, too.
BaseIntSliderView.prototype.events = () => ({
  "focusout [contentEditable=true]": "handleTextChange",
  "keydown [contentEditable=true]": "handleKeyDown",
});

// A readout shows fewer digits than the value has, and d3's own minus sign. Who leaves it as it is
// changes nothing.
for (const { prototype } of [IntSliderView, IntRangeSliderView, FloatLogSliderView]) {
  const { handleTextChange } = prototype;
  prototype.handleTextChange = function (this: typeof prototype) {
    const { readout, model } = this;
    const text = readout.textContent ?? "";
    if (text === this.valueToString(model.get("value") as never)) return;
    readout.textContent = text.replaceAll("\u2212", "-");
    handleTextChange.call(this);
  };
}
