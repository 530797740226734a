/** Works around faults in the sliders of `@jupyter-widgets/controls`. */
import type { DescriptionView } from "@jupyter-widgets/controls/lib/widget_description.js";
import { FloatLogSliderView } from "@jupyter-widgets/controls/lib/widget_float.js";
import {
  BaseIntSliderView,
  IntRangeSliderView,
  IntSliderView,
} from "@jupyter-widgets/controls/lib/widget_int.js";
import { nameParts } from "./part-names.js";

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

// A slider of another orientation has new handles.
const regenerate = BaseIntSliderView.prototype.regenSlider;
BaseIntSliderView.prototype.regenSlider = function (this: BaseIntSliderView, event) {
  regenerate.call(this, event);
  equip(this);
};

/** Has a slider's new handles look as its style says, and bear its name. */
export function equip(view: DescriptionView): void {
  nameParts(view);
  void view.stylePromise?.then((style) => style?.style());
}

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

// What is typed is read as the readout writes it: "1e3", "60%", "2k", "1,234.5".
IntSliderView.prototype.stringToValue = function (this: IntSliderView, text) {
  return numberIn(this, text);
};
const rangeIn = IntRangeSliderView.prototype.stringToValue;
IntRangeSliderView.prototype.stringToValue = function (this: IntRangeSliderView, text) {
  const [from, to, ...more] = text?.split(/[–:]|\s-\s/) ?? [];
  if (from === undefined || to === undefined || more.length > 0) return rangeIn.call(this, text);
  return [numberIn(this, from), numberIn(this, to)];
};

function numberIn(view: BaseIntSliderView, text: string): number {
  const [, digits = "", unit = ""] = /^(.*?)([%\p{L}]?)$/u.exec(text.replace(/[\s,$]/g, "")) ?? [];
  const type = String(view.model.get("readout_format")).at(-1);
  const factor = unit === "" ? 1 : type === "s" ? SI[unit] : unit === type ? 0.01 : undefined;
  const number = digits === "" ? Number.NaN : Number(digits) * (factor ?? Number.NaN);
  return view._parse_value === parseInt ? Math.trunc(number) : number;
}

/** The prefixes that d3's format "s" writes. */
const SI: Record<string, number> = { n: 1e-9, µ: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
