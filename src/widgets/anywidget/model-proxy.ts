/** What a front-end module sees of a model: the few members that anywidget promises, and listeners that end with their scope. */
import type { AnyModel as AfmModel } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, messageOf } from "../../comm/errors.js";
import { managerOf } from "../manager/manager-of.js";
import { managerWith } from "../manager/manager-with.js";
import type { ShinyWidgetManager } from "../manager/widget-manager.js";

type Callback = (...args: unknown[]) => unknown;

/**
 * A model as a module's hook gets it.
 *
 * @param signal the scope; when it is aborted, all listeners added through the proxy are taken off
 */
export function modelProxy(model: WidgetModel, signal: AbortSignal): AfmModel {
  // Backbone takes listeners off by their context.
  const scope = {};
  endWith(signal, () => model.off(null as never, null as never, scope));
  return {
    get: (key: string) => model.get(key),
    set: (...args: Parameters<WidgetModel["set"]>) => void model.set(...args),
    save_changes: (callbacks?: object) => model.save_changes(callbacks as never),
    send: (content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[] | ArrayBufferView[]) =>
      model.send(content as never, callbacks as never, buffers as never),
    on(name: string | Record<string, Callback>, callback?: Callback) {
      if (signal.aborted) return;
      for (const [event, own] of listenersIn(name, callback)) {
        model.on(event, guarded(model, event, own), scope);
      }
    },
    off(name?: string | null, callback?: Callback | null) {
      model.off((name ?? null) as never, (callback ?? null) as never, scope);
    },
    get widget_manager() {
      return scopedManager(model.widget_manager as ShinyWidgetManager, signal) as never;
    },
  } as AfmModel;
}

/** The manager as a hook gets it: listeners on the models that it finds end with the hook's scope. */
function scopedManager(manager: ShinyWidgetManager, signal: AbortSignal): ShinyWidgetManager {
  return managerWith(manager, {
    get_model: async (model_id: string) => scoped(await manager.get_model(model_id), signal),
    create_view: (model: WidgetModel, options?: object) =>
      manager.create_view(models.get(model) ?? model, options),
  });
}

/** The models behind those that hooks have. */
const models = new WeakMap<WidgetModel, WidgetModel>();

/** By scope and model what hooks have: the same for the same. */
const scopes = new WeakMap<AbortSignal, WeakMap<WidgetModel, WidgetModel>>();

/** A whole model, as hooks that make views of others need it, whose listeners end with a scope. */
function scoped(model: WidgetModel, signal: AbortSignal): WidgetModel {
  const known = scopes.get(signal) ?? new WeakMap<WidgetModel, WidgetModel>();
  scopes.set(signal, known);
  const same = known.get(model);
  if (same) return same;
  const listen =
    (method: "on" | "once") =>
    (name: string | Record<string, Callback>, callback?: Callback, context?: unknown) => {
      if (signal.aborted) return proxy;
      for (const [event, own] of listenersIn(name, callback)) {
        const guard = guarded(model, event, own, () => {
          // Backbone's own `once` would hide the listener from `off`.
          if (method === "once") model.off(event, guard);
        });
        model.on(event, guard, context);
        endWith(signal, () => model.off(event, guard));
      }
      return proxy;
    };
  const members = { on: listen("on"), once: listen("once") };
  const proxy = new Proxy(model, {
    get(target, key) {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" && key !== "constructor" ? value.bind(target) : value;
    },
  });
  models.set(proxy, model);
  known.set(model, proxy);
  return proxy;
}

/** Backbone has two forms: one listener for a name, or several by theirs. */
function listenersIn(
  name: string | Record<string, Callback>,
  callback: Callback | undefined,
): [event: string, callback: Callback][] {
  const all = typeof name === "object" ? Object.entries(name) : [[name, callback] as const];
  return all.flatMap(([names, each]) =>
    typeof each === "function"
      ? names.split(/\s+/).map((one) => [one, each] as [string, Callback])
      : [],
  );
}

/**
 * A listener whose errors are reported and go no further: Backbone would leave out those that were
 * added after it.
 */
function guarded(
  model: WidgetModel,
  name: string,
  callback: Callback,
  before: () => void = () => undefined,
): Callback {
  const guard = function (this: unknown, ...args: unknown[]): void {
    before();
    try {
      Reflect.apply(callback, this, args);
    } catch (cause) {
      managerOf(model).failures.report(
        new CommError(
          "HANDLER",
          `comm ${model.model_id}: a listener to ${name} failed: ${messageOf(cause)}`,
          { comm_id: model.model_id, cause },
        ),
      );
    }
  };
  // What Backbone takes off is told by this.
  return Object.assign(guard, { _callback: callback });
}

function endWith(signal: AbortSignal, end: () => void): void {
  signal.addEventListener("abort", end, { once: true });
}
