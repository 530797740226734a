/**
 * Keeps the type of a tag that is dragged within its control.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The dropped tag is the text of the drag: a number becomes a string.
 * Issue: docs/upstream/tags-drag.md
 * Gain: The server gets numbers.
 * Remove: when `ondrop` moves the value itself.
 * Test: tests/widgets/controls-edge.test.ts
 */
import { TagsInputView } from "@jupyter-widgets/controls/lib/widget_tagsinput.js";
import { tagsInputOf } from "../internals.js";

const base = tagsInputOf(TagsInputView.prototype);
const { ondrop } = base;
base.ondrop = function (event, index) {
  const { dataTransfer: data } = event;
  const from = Number.parseInt(data?.getData("index") ?? "", 10);
  if (Number.isNaN(from) || data?.getData("origin") !== this.model.model_id) {
    ondrop.call(this, event, index);
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const value: unknown[] = [...this.model.get("value")];
  value.splice(from < index ? index - 1 : index, 0, ...value.splice(from, 1));
  this.model.set("value", value);
  this.model.save_changes();
};
