/**
 * Reads numbers such as "1e3" in integer fields, and shows the value that was sent.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: `parseInt` reads "3.7" as 3 and "1e3" as 1. The view removes characters from the field after
 *   it has sent another value.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/1999
 * Gain: The field shows the value at the server, as soon as the user leaves the field.
 * Remove: when the view parses by `Number` and shows the model's value after a change.
 * Test: tests/widgets/controls.test.ts
 */
import { IntTextView } from "@jupyter-widgets/controls/lib/widget_int.js";

const { render, handleChanged } = IntTextView.prototype;
IntTextView.prototype.render = function (this: IntTextView) {
  if (this._parse_value === parseInt) this._parse_value = parseWhole;
  render.call(this);
};
IntTextView.prototype.handleKeyUp = () => undefined;
IntTextView.prototype.handleChanged = function (this: IntTextView, event) {
  handleChanged.call(this, event);
  if (event.type === "change") this.textbox.value = String(this.model.get("value"));
};

function parseWhole(text: string): number {
  return text === "" ? Number.NaN : Math.trunc(Number(text));
}
