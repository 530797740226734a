/**
 * Ignores the fold of an accordion's child that was closed.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: If the open child of an accordion is closed, the next choice folds a disposed widget, and throws.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/2585
 * Gain: The next choice opens.
 * Remove: when `Collapse` checks whether it is disposed.
 * Test: tests/widgets/packages.test.ts
 */
import { Collapse } from "@jupyter-widgets/controls/lib/lumino/accordion.js";
import { collapseInternals } from "../internals.js";

const prototype = collapseInternals(Collapse.prototype);
const { _collapse } = prototype;
prototype._collapse = function () {
  if (!this.isDisposed) _collapse.call(this);
};
