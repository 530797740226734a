/**
 * Ignores traits named `layout` and `style` whose values are not models.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: Base makes a view of any value of `layout` and `style`. Some widgets have traits of these
 *   names for a theme, a graph's layout, or an address, and are not shown.
 * Issue: docs/upstream/layout-and-style-traits.md
 * Gain: Such widgets are shown.
 * Remove: when `setLayout` and `setStyle` check that they get models.
 * Test: tests/widgets/packages.test.ts
 */
import { DOMWidgetView } from "@jupyter-widgets/base";
import { isModel } from "../internals.js";

const { setLayout, setStyle } = DOMWidgetView.prototype;
DOMWidgetView.prototype.setLayout = function (this: DOMWidgetView, layout, before) {
  if (isModel(layout)) setLayout.call(this, layout, before);
};
DOMWidgetView.prototype.setStyle = function (this: DOMWidgetView, style, before) {
  if (isModel(style)) setStyle.call(this, style, before);
};
