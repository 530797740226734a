/**
 * Reads the numbers of tags in full.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: `parseInt` reads 1 in "1e3" and in 1e21. `parseFloat` reads 2 in "2x", and "Infinity", which JSON
 *   does not have.
 * Issue: docs/upstream/tags-numbers.md
 * Gain: The server gets the number that the tag shows.
 * Remove: when the views parse by `Number`.
 * Test: tests/widgets/controls.test.ts
 */
import { FloatsInputView, IntsInputView } from "@jupyter-widgets/controls/lib/widget_tagsinput.js";

const parse = (isValid: (number: number) => boolean) => (text: unknown) => {
  const number = String(text).trim() === "" ? Number.NaN : Number(text);
  return isValid(number) ? number : Number.NaN;
};
IntsInputView.prototype.parseNumber = parse(Number.isInteger);
FloatsInputView.prototype.parseNumber = parse(Number.isFinite);
