/** `host`, as `render` gets it: other widgets of the page, by the references that Python sends. */
import type { AnyModel as AfmModel, Host, ResolvedWidget } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { WidgetError } from "../../comm/errors.js";
import { modelProxy } from "./model-proxy.js";
import { runtimeOf } from "./runtime.js";

const PREFIXES = ["anywidget:", "IPY_MODEL_"];

/** @param signal the life of the view whose host this is; what it renders ends with it */
export function createHost(model: WidgetModel, signal: AbortSignal): Host {
  const find = (ref: string): Promise<WidgetModel> =>
    model.widget_manager.get_model(modelIdOf(ref)) as Promise<WidgetModel>;
  return {
    async getModel<T extends Record<string, unknown>>(ref: string) {
      return modelProxy(await find(ref), signal) as unknown as AfmModel<T>;
    },
    async getWidget<T>(ref: string): Promise<ResolvedWidget<T>> {
      const runtime = runtimeOf(await find(ref));
      if (!runtime) throw new WidgetError(`${ref} is not an anywidget`);
      return {
        exports: (await runtime.exports()) as T,
        render: ({ el, signal: own }) =>
          runtime.createView({
            el,
            signal: own ?? signal,
            prepare: () => el.replaceChildren(),
            failed: (error) => console.error("[shiny-comm]", error),
          }),
      };
    },
  };
}

function modelIdOf(ref: unknown): string {
  for (const prefix of PREFIXES) {
    if (typeof ref === "string" && ref.startsWith(prefix)) return ref.slice(prefix.length);
  }
  throw new WidgetError(`${JSON.stringify(ref)} is not a reference to a widget (anywidget:<id>)`);
}
