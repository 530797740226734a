/**
 * Names the parts of controls for screen readers.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: A description is the label of a text field or a list. A slider's handle, the time in a date picker
 *   and other parts with the focus have no label.
 * Issue: docs/upstream/part-names.md
 * Gain: Each part has an accessible name.
 * Remove: when controls set `aria-labelledby` on these parts.
 * Test: tests/widgets/patches.test.ts
 */
import { uuid } from "@jupyter-widgets/base";
import { DescriptionView } from "@jupyter-widgets/controls/lib/widget_description.js";

const PARTS = ".noUi-handle, input, select, textarea";

const { render } = DescriptionView.prototype;
DescriptionView.prototype.render = function (this: DescriptionView) {
  render.call(this);
  void this.displayed.then(() => nameParts(this));
};

/** Names the unnamed parts of a control by its description. */
export function nameParts({ el, label }: DescriptionView): void {
  for (const part of el.querySelectorAll<HTMLElement & { labels?: NodeList }>(PARTS)) {
    const { labels } = part;
    if (labels?.length || part.title || part.hasAttribute("aria-label")) continue;
    label.id ||= uuid();
    part.setAttribute("aria-labelledby", label.id);
  }
}
