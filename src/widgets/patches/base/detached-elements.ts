/**
 * Removes views whose elements have left the page.
 *
 * Package: @jupyter-widgets/base ~6.0.12, @lumino/widgets ~2.10.0
 * Kind: fault
 * Fault: `Widget.detach` throws if the widget's element has left the page with its parent. Shiny
 *   removes outputs so.
 * Issue: docs/upstream/detached-elements.md
 * Gain: Such views are disposed.
 * Remove: when Lumino can detach a widget whose element is not connected.
 * Test: tests/widgets/patches.test.ts
 */
import { DOMWidgetView } from "@jupyter-widgets/base";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";

const { remove } = DOMWidgetView.prototype;
DOMWidgetView.prototype.remove = function (this: DOMWidgetView) {
  detach(this.luminoWidget);
  return remove.call(this);
};

/** Sends the messages of `Widget.detach` to a widget whose element has left the page. */
export function detach(widget: Widget | undefined): void {
  if (widget?.isAttached && !widget.parent && !widget.node.isConnected) {
    MessageLoop.sendMessage(widget, Widget.Msg.BeforeDetach);
    MessageLoop.sendMessage(widget, Widget.Msg.AfterDetach);
  }
}
