/** Works around a fault in the accordion of `@jupyter-widgets/controls`; loaded with all the controls. */
import { Collapse } from "@jupyter-widgets/controls/lib/lumino/accordion.js";

// A closed child takes its place in the accordion along. Where it was the one that stood open, the next
// choice would fold what is no longer there.
const places = Collapse.prototype as unknown as { isDisposed: boolean; _collapse(): void };
const collapse = places._collapse;
places._collapse = function () {
  if (!this.isDisposed) collapse.call(this);
};
