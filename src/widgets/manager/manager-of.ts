/** The manager of a model. */
import type { WidgetModel } from "@jupyter-widgets/base";
import type { ShinyWidgetManager } from "./widget-manager.js";

/** Returns a model's manager, with the members that upstream's interface does not have. */
export function managerOf(model: WidgetModel): ShinyWidgetManager {
  return model.widget_manager as ShinyWidgetManager;
}
