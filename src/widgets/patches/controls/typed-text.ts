/**
 * Keeps typed text while the server sets other traits.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The update of any trait writes the model's value into the field, and discards what the user
 *   is typing.
 * Issue: docs/upstream/typed-text.md
 * Gain: Text is kept unless the server sets the value itself.
 * Remove: when views write `value` only if it has changed.
 * Test: tests/widgets/controls-edge.test.ts
 */
import { IntTextView } from "@jupyter-widgets/controls/lib/widget_int.js";
import { TextareaView, TextView } from "@jupyter-widgets/controls/lib/widget_string.js";
import { deleteOwn } from "../internals.js";

for (const prototype of [TextView.prototype, TextareaView.prototype, IntTextView.prototype]) {
  const update: (options?: unknown) => void = prototype.update;
  prototype.update = function (this: TextView | TextareaView | IntTextView, options?: unknown) {
    const { textbox, model } = this;
    if (!textbox.matches(":focus") || model.hasChanged("value")) return update.call(this, options);
    const { value } = textbox;
    Object.defineProperty(textbox, "value", { get: () => value, set() {}, configurable: true });
    update.call(this, options);
    deleteOwn(textbox, "value");
  };
}
