/**
 * Ignores messages to widgets whose views were removed.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: A box sends a resize message to all children once these are made. A child that was removed
 *   meanwhile has no view, and throws.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/3264
 * Gain: The other children are shown.
 * Remove: when `processMessage` checks for the view.
 * Test: tests/widgets/packages.test.ts
 */
import { JupyterLuminoPanelWidget, JupyterLuminoWidget } from "@jupyter-widgets/base";
import type { Message } from "@lumino/messaging";
import type { Widget } from "@lumino/widgets";
import { viewOf } from "../internals.js";

for (const { prototype } of [JupyterLuminoWidget, JupyterLuminoPanelWidget]) {
  const processMessage: (this: Widget, message: Message) => void = prototype.processMessage;
  prototype.processMessage = function (this: Widget, message: Message) {
    if (viewOf(this)) processMessage.call(this, message);
  };
}
