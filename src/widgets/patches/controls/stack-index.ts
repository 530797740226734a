/**
 * Accepts an index beyond the children of a Stack.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: Index and children arrive in two messages. Between the two, the index may name a child that does
 *   not exist, and the view throws.
 * Issue: docs/upstream/stack-index.md
 * Gain: An update in two messages is shown.
 * Remove: when `StackView` checks the index.
 * Test: tests/widgets/controls.test.ts
 */
import { StackView } from "@jupyter-widgets/controls/lib/widget_selectioncontainer.js";

const { update_children } = StackView.prototype;
StackView.prototype.update_children = function (this: StackView) {
  const { model } = this;
  const children: unknown[] = model.get("children");
  if (children[model.get("selected_index") ?? 0]) update_children.call(this);
  else void this.children_views?.update([]);
};
