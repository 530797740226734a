/** `host`, as `render` gets it: other widgets of the page, by the references that Python sends. */
import type { AnyModel as AfmModel, Host, ResolvedWidget } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, messageOf } from "../../comm/errors.js";
import { MODEL_PREFIX } from "../../comm/messages.js";
import { clearView } from "../views/error-view.js";
import { showHookFailure } from "./failure.js";
import { modelProxy } from "./model-proxy.js";
import { runtimeOf } from "./runtime.js";

const PREFIXES = ["anywidget:", MODEL_PREFIX];

/** @param signal the life of the view whose host this is; what it renders ends with it */
export function createHost(model: WidgetModel, signal: AbortSignal): Host {
  const find = async (ref: string): Promise<WidgetModel> => {
    const model_id = modelIdOf(ref);
    try {
      return (await model.widget_manager.get_model(model_id)) as WidgetModel;
    } catch (cause) {
      throw new CommError("WIDGET", `there is no model for ${ref}: ${messageOf(cause)}`, {
        comm_id: model.model_id,
        cause,
      });
    }
  };
  return {
    async getModel<T extends Record<string, unknown>>(ref: string) {
      return modelProxy(await find(ref), signal) as unknown as AfmModel<T>;
    },
    async getWidget<T>(ref: string): Promise<ResolvedWidget<T>> {
      const child = await find(ref);
      const runtime = runtimeOf(child);
      if (!runtime) throw new CommError("WIDGET", `${ref} is not an anywidget, or has been closed`);
      return {
        exports: (await runtime.exports()) as T,
        render: ({ el, signal: own }) =>
          runtime.createView({
            el,
            signal: own ?? signal,
            // Whoever gave the place may have put something there, or another widget.
            prepare: (isRedrawn) => isRedrawn && clearView(el),
            failed: (error) => showHookFailure(child, el, error),
          }),
      };
    },
  };
}

/** @throws {CommError} `WIDGET` when a text refers to no model */
function modelIdOf(ref: unknown): string {
  for (const prefix of PREFIXES) {
    if (typeof ref === "string" && ref.startsWith(prefix) && ref !== prefix) {
      return ref.slice(prefix.length);
    }
  }
  throw new CommError(
    "WIDGET",
    `${JSON.stringify(ref)} is not a reference to a widget (anywidget:<id>)`,
  );
}
