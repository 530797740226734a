/**
 * Forgets unsaved changes of the traits that the server sets.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: The browser changes a trait without saving, then the server sets the trait. The next
 *   `save_changes` sends the browser's value, and undoes the server's change.
 * Issue: docs/upstream/unsaved-changes.md
 * Gain: Both sides have the same value.
 * Remove: when `set_state` deletes the keys of the state from `_buffered_state_diff`.
 * Test: tests/widgets/patches.test.ts
 */
import { WidgetModel } from "@jupyter-widgets/base";
import { type ModelInternals, modelInternals } from "../internals.js";

modelInternals(WidgetModel.prototype).set_state = function (this: ModelInternals, state) {
  for (const key of Object.keys(state)) delete this._buffered_state_diff[key];
  this._state_lock = state;
  try {
    this.set(state);
  } finally {
    this._state_lock = null;
  }
};
