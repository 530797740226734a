/** What is said when a hook of a front-end module fails. */
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError } from "../../comm/errors.js";
import { managerOf } from "../manager/manager-of.js";
import { showFailure } from "../views/error-view.js";

const HOOK_ADVICE =
  "The error is in the widget's own module (_esm), in what it does to begin or to draw: see the " +
  "browser's console for where.";

/** Reports a failure, once for each cause. @param hook the one that failed @returns what to show */
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

/** Reports that a view cannot be drawn, and shows it in the view's place. */
export function showHookFailure(model: WidgetModel, el: HTMLElement, cause: unknown): void {
  showFailure(el, reportHookFailure(model, "render", cause));
}
