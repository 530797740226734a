/** The names that screen readers have for the parts of a control. */
import { uuid } from "@jupyter-widgets/base";
import type { DescriptionView } from "@jupyter-widgets/controls/lib/widget_description.js";

const PARTS = ".noUi-handle, input, select, textarea";

/** Names the parts of a control that have no name of their own by its description. */
export function nameParts({ el, label }: DescriptionView): void {
  for (const part of el.querySelectorAll<HTMLElement & { labels?: NodeList }>(PARTS)) {
    const { labels } = part;
    if (labels?.length || part.title || part.hasAttribute("aria-label")) continue;
    label.id ||= uuid();
    part.setAttribute("aria-labelledby", label.id);
  }
}
