/**
 * Takes only clicks and keys for the user's choice of a tab or of an accordion's child.
 *
 * Package: @jupyter-widgets/controls ~5.0.13, @lumino/widgets ~2.10.0
 * Kind: fault
 * Fault: When children change, the panel selects one, and the view sends the selection as the user's choice.
 *   Index and titles are set before the former children are removed.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/2988
 * Gain: The server's index shows, and only the user changes it.
 * Remove: when views send `selected_index` for user events only.
 * Test: tests/widgets/controls.test.ts
 */
import { Collapse } from "@jupyter-widgets/controls/lib/lumino/accordion.js";
import { AccordionView, TabView } from "@jupyter-widgets/controls/lib/widget_selectioncontainer.js";
import { TabBar, type Widget } from "@lumino/widgets";

/** The widget that handles a user event. */
let active: Widget | undefined;

for (const prototype of [TabBar.prototype, Collapse.prototype]) {
  const handleEvent: (this: Widget, event: Event) => void = prototype.handleEvent;
  prototype.handleEvent = function (this: Widget, event: Event) {
    active = this;
    try {
      handleEvent.call(this, event);
    } finally {
      active = undefined;
    }
  };
}
for (const [{ prototype }, name] of [
  [AccordionView, "updatingChildren"],
  [TabView, "updatingTabs"],
] as const) {
  Object.defineProperty(prototype, name, {
    get(this: AccordionView | TabView) {
      return active?.parent !== this.luminoWidget;
    },
    set() {},
  });
}

const { updateTabs } = TabView.prototype;
TabView.prototype.updateTabs = function (this: TabView) {
  updateTabs.call(this);
  const { childrenViews } = this;
  void Promise.all(childrenViews?.views ?? []).then(() => {
    if (!this.childrenViews) return;
    this.updateTitles();
    this.updateSelectedIndex();
  });
};
const { updateChildren } = AccordionView.prototype;
AccordionView.prototype.updateChildren = function (this: AccordionView) {
  updateChildren.call(this);
  const { children_views } = this;
  void Promise.all(children_views?.views ?? []).then(() => {
    if (!this.children_views) return;
    this.update_titles();
    this.update_selected_index();
  });
};
