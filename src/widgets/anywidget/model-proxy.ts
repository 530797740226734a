/** What a front-end module sees of a model: the few members that anywidget promises, and listeners that end with their scope. */
import type { AnyModel as AfmModel } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";

type Callback = (...args: unknown[]) => void;

/**
 * A model as a module's hook gets it.
 *
 * @param signal the scope; when it is aborted, all listeners added through the proxy are taken off
 * @param onListen told the name of each event that is listened to
 */
export function modelProxy(
  model: WidgetModel,
  signal: AbortSignal,
  onListen: (event: string) => void = () => undefined,
): AfmModel {
  // Backbone takes listeners off by their context.
  const scope = {};
  signal.addEventListener("abort", () => model.off(null as never, null as never, scope), {
    once: true,
  });
  return {
    get: (key: string) => model.get(key),
    set: (key: string, value: unknown) => {
      model.set(key, value);
    },
    save_changes: () => model.save_changes(),
    send: (content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[] | ArrayBufferView[]) =>
      model.send(content as never, callbacks as never, buffers as never),
    on(name: string, callback: Callback) {
      if (signal.aborted) return;
      model.on(name, callback as never, scope);
      onListen(name);
    },
    off(name?: string | null, callback?: Callback | null) {
      model.off((name ?? null) as never, (callback ?? null) as never, scope);
    },
    widget_manager: model.widget_manager as never,
  } as AfmModel;
}
