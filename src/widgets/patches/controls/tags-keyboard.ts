/**
 * Lets the keyboard reach the field of a tags input.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The field for a new tag is hidden while there are tags, until the control is clicked.
 * Issue: docs/upstream/tags-keyboard.md
 * Gain: The control gets the focus, and passes it to the field.
 * Remove: when the field can get the focus.
 * Test: tests/widgets/patches.test.ts
 */
import { TagsInputView } from "@jupyter-widgets/controls/lib/widget_tagsinput.js";
import { tagsInputOf } from "../internals.js";

const base = tagsInputOf(TagsInputView.prototype);
const { render } = base;
base.render = function () {
  render.call(this);
  const { el, taginput } = this;
  el.tabIndex = 0;
  el.addEventListener("focus", () => this.focus());
  taginput.addEventListener("focus", () => {
    el.tabIndex = -1;
  });
  taginput.addEventListener("blur", () => {
    el.tabIndex = 0;
  });
};
