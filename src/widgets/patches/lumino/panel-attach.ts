/**
 * Finds a child's place in a panel without counting elements.
 *
 * Package: @lumino/widgets ~2.10.0
 * Kind: performance
 * Fault: `PanelLayout.attachWidget` finds the place by `node.children[index]`. The browser counts the
 *   elements again after each insertion, so a box of n children takes n² steps.
 * Issue: docs/upstream/panel-attach.md
 * Gain: n steps for n children.
 * Remove: when Lumino finds the place by the widget before it.
 * Test: tests/widgets/patches.test.ts
 */
import { MessageLoop } from "@lumino/messaging";
import { PanelLayout, Widget } from "@lumino/widgets";
import { panelInternals } from "../internals.js";

panelInternals(PanelLayout.prototype).attachWidget = function (index, widget) {
  const { parent, widgets } = this;
  if (!parent) return;
  const { node } = parent;
  const before = widgets[index - 1]?.node;
  const place = before?.parentNode === node ? before.nextElementSibling : node.children[index];
  if (parent.isAttached) MessageLoop.sendMessage(widget, Widget.Msg.BeforeAttach);
  node.insertBefore(widget.node, place ?? null);
  if (parent.isAttached) MessageLoop.sendMessage(widget, Widget.Msg.AfterAttach);
};
