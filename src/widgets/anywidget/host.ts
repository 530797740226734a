/** The `host` of `render`: other widgets of the page, by the references that Python sends. */
import type { Host, ResolvedWidget } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, messageOf } from "../../comm/errors.js";
import { MODEL_PREFIX } from "../../comm/messages.js";
import { clearView } from "../views/error-view.js";
import { showHookFailure } from "./failure.js";
import { modelProxy } from "./model-proxy.js";
import { runtimeOf } from "./runtime.js";

const PREFIXES = ["anywidget:", MODEL_PREFIX];

/** @param signal aborted at the end of the host's view; rendered widgets end with it */
export function createHost(model: WidgetModel, signal: AbortSignal): Host {
  const find = async (ref: string): Promise<WidgetModel> => {
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
      return modelProxy<T>(await find(ref), signal);
    },
    async getWidget<T>(ref: string): Promise<ResolvedWidget<T>> {
      const child = await find(ref);
      const runtime = runtimeOf(child);
      if (!runtime) throw new CommError("WIDGET", `${ref} is not an anywidget, or has been closed`);
      return {
        exports: (await runtime.exports()) as T,
        render: ({ el, signal: viewSignal }) =>
          runtime.createView({
            el,
            signal: viewSignal ?? signal,
            // The caller may have put other content into the element before.
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
    `invalid reference to a widget: ${JSON.stringify(ref)} (expected anywidget:<id>)`,
  );
}
