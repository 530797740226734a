/**
 * Reads what users type into a slider's readout.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The view waits for a `blur` that does not bubble, so typed text is read only after Enter. A
 *   readout shows fewer digits than the value has, and d3's minus sign, and leaving it unchanged
 *   changes the value. Formats such as "1e3", "60%", "2k" and "1,234.5" are shown and not read.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/3889
 * Gain: Typed values are read as they are shown, also when the focus leaves.
 * Remove: when the view listens to `focusout` and parses by the readout's format.
 * Test: tests/widgets/controls.test.ts
 */
import { FloatLogSliderView } from "@jupyter-widgets/controls/lib/widget_float.js";
import {
  BaseIntSliderView,
  IntRangeSliderView,
  IntSliderView,
} from "@jupyter-widgets/controls/lib/widget_int.js";

BaseIntSliderView.prototype.events = () => ({
  "focusout [contentEditable=true]": "handleTextChange",
  "keydown [contentEditable=true]": "handleKeyDown",
});

for (const { prototype } of [IntSliderView, IntRangeSliderView, FloatLogSliderView]) {
  const { handleTextChange } = prototype;
  prototype.handleTextChange = function (this: typeof prototype) {
    const { readout, model } = this;
    const text = readout.textContent ?? "";
    if (text === this.valueToString(model.get("value"))) return;
    readout.textContent = text.replaceAll("\u2212", "-");
    handleTextChange.call(this);
  };
}

IntSliderView.prototype.stringToValue = function (this: IntSliderView, text) {
  return numberIn(this, text);
};
const { stringToValue } = IntRangeSliderView.prototype;
IntRangeSliderView.prototype.stringToValue = function (this: IntRangeSliderView, text) {
  const [from, to, ...more] = text?.split(/[–:]|\s-\s/) ?? [];
  if (from === undefined || to === undefined || more.length > 0) {
    return stringToValue.call(this, text);
  }
  return [numberIn(this, from), numberIn(this, to)];
};

function numberIn(view: BaseIntSliderView, text: string): number {
  const [, digits = "", unit = ""] = /^(.*?)([%\p{L}]?)$/u.exec(text.replace(/[\s,$]/g, "")) ?? [];
  const type = String(view.model.get("readout_format")).at(-1);
  const factor = unit === "" ? 1 : type === "s" ? SI[unit] : unit === type ? 0.01 : undefined;
  const number = digits === "" ? Number.NaN : Number(digits) * (factor ?? Number.NaN);
  return view._parse_value === parseInt ? Math.trunc(number) : number;
}

/** The prefixes of d3's format "s". */
const SI: Record<string, number> = { n: 1e-9, µ: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
