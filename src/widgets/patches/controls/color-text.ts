/**
 * Shows the model's color after the user has typed an invalid one.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: An invalid color stays in the field, although it was not sent.
 * Issue: docs/upstream/color-text.md
 * Gain: The field shows the value.
 * Remove: when `_text_change` resets the field.
 * Test: tests/widgets/controls.test.ts
 */
import { ColorPickerView } from "@jupyter-widgets/controls/lib/widget_color.js";
import { colorPickerInternals } from "../internals.js";

const prototype = colorPickerInternals(ColorPickerView.prototype);
const { _text_change } = prototype;
prototype._text_change = function () {
  _text_change.call(this);
  this._textbox.value = this.model.get("value");
};
