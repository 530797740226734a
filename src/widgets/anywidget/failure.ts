/** Reports and shows the failures of a front-end module's hooks. */
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError } from "../../comm/errors.js";
import { managerOf } from "../manager/widget-manager.js";
import { showFailure } from "../views/error-view.js";

const HOOK_ADVICE =
  "`initialize` or `render` in the widget's module (_esm) threw; see the browser's console for the stack.";

/** Reports the failure of a hook, once for each cause. @returns the error to show */
export function reportHookFailure(
  model: WidgetModel,
  hook: "initialize" | "render",
  cause: unknown,
): Error {
  const name = String(model.get("_anywidget_id") || "an anywidget");
  return managerOf(model).failures.reportOnce(
    new CommError(
      "WIDGET",
      hook === "render" ? `cannot show ${name}` : `cannot initialize ${name}`,
      {
        comm_id: model.model_id,
        cause,
        advice: HOOK_ADVICE,
      },
    ),
  );
}

/** Reports that a view cannot be drawn, and replaces its content by the error. */
export function showHookFailure(model: WidgetModel, el: HTMLElement, cause: unknown): void {
  showFailure(el, reportHookFailure(model, "render", cause));
}
