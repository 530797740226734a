/** `host`, an argument of `render`: other widgets of the page, by the references that Python sends. */
import type { Host, ResolvedWidget } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, messageOf } from "../../comm/errors.js";
import { MODEL_PREFIX } from "../../comm/messages.js";
import { clearView } from "../views/error-view.js";
import { showHookFailure } from "./failure.js";
import { createModelProxy } from "./model-proxy.js";
import { runtimeOf } from "./runtime.js";

const PREFIXES = ["anywidget:", MODEL_PREFIX];

/**
 * Makes the host of a view.
 *
 * @param signal aborted at the end of the view; ends the views that the host renders
 */
export function createHost(model: WidgetModel, signal: AbortSignal): Host {
  const findModel = async (ref: string): Promise<WidgetModel> => {
    const model_id = modelIdOf(ref);
    try {
      return await model.widget_manager.get_model(model_id);
    } catch (cause) {
      throw new CommError("WIDGET", `cannot find the model ${ref}: ${messageOf(cause)}`, {
        comm_id: model.model_id,
        cause,
      });
    }
  };
  return {
    async getModel<T extends Record<string, unknown>>(ref: string) {
      return createModelProxy<T>(await findModel(ref), signal);
    },
    async getWidget<T>(ref: string): Promise<ResolvedWidget<T>> {
      const child = await findModel(ref);
      const runtime = runtimeOf(child);
      if (!runtime) {
        throw new CommError("WIDGET", `cannot get the widget ${ref}: not an anywidget, or closed`);
      }
      return {
        exports: (await runtime.exports()) as T,
        render: ({ el, signal: viewSignal }) =>
          runtime.createView({
            el,
            signal: viewSignal ?? signal,
            // The caller may have put other content into the element.
            prepare: (isRedrawn) => isRedrawn && clearView(el),
            onFailure: (error) => showHookFailure(child, el, error),
          }),
      };
    },
  };
}

/** Returns the model id in a reference. @throws {CommError} `WIDGET` for other values */
function modelIdOf(ref: unknown): string {
  for (const prefix of PREFIXES) {
    if (typeof ref === "string" && ref.startsWith(prefix) && ref !== prefix) {
      return ref.slice(prefix.length);
    }
  }
  throw new CommError(
    "WIDGET",
    `invalid reference to a widget (expected anywidget:<id>, got ${JSON.stringify(ref)})`,
  );
}
