/** Models for hooks: the members that anywidget documents, with listeners that end with a scope. */
import type { AnyModel as AfmModel } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, messageOf } from "../../comm/errors.js";
import { managerWith } from "../manager/manager-with.js";
import type { ShinyWidgetManager } from "../manager/widget-manager.js";
import { managerOf } from "../manager/widget-manager.js";
import { afmManager, modelInternals } from "../patches/internals.js";

type Callback = (...args: never[]) => unknown;
type GuardedListener = (...args: unknown[]) => void;
type Attributes = Record<string, unknown>;

/**
 * Returns a model for a hook.
 *
 * @param signal the scope; its abort removes all listeners that were added through the proxy
 */
export function createModelProxy<T extends Attributes = Attributes>(
  model: WidgetModel,
  signal: AbortSignal,
): AfmModel<T> {
  const internals = modelInternals(model);
  // Backbone removes listeners by their context.
  const scope = {};
  onAbort(signal, () => internals.off(null, null, scope));
  return {
    get: (key: PropertyKey) => model.get(String(key)),
    set: (key: unknown, ...rest: unknown[]) => void internals.set(key, ...rest),
    save_changes: (callbacks?: object) => internals.save_changes(callbacks),
    send: (content: unknown, callbacks?: unknown, buffers?: unknown) =>
      internals.send(content, callbacks, buffers),
    on(name: string | Record<string, Callback>, callback?: Callback) {
      if (signal.aborted) return;
      for (const [event, listener] of listListeners(name, callback)) {
        model.on(event, guardListener(model, event, listener), scope);
      }
    },
    off(name?: string | null, callback?: Callback | null) {
      internals.off(name ?? null, callback ?? null, scope);
    },
    get widget_manager() {
      return afmManager(scopeManager(managerOf(model), signal));
    },
  };
}

/** Returns a manager for a hook: the listeners to its models end with the hook's scope. */
function scopeManager(manager: ShinyWidgetManager, signal: AbortSignal): ShinyWidgetManager {
  return managerWith(manager, {
    get_model: async (model_id: string) => scopeModel(await manager.get_model(model_id), signal),
    create_view: (model: WidgetModel, options?: object) =>
      manager.create_view(originals.get(model) ?? model, options),
  });
}

/** The models behind the proxies of `scopeModel`. */
const originals = new WeakMap<WidgetModel, WidgetModel>();

/** The proxies of `scopeModel`, by scope and model. */
const proxies = new WeakMap<AbortSignal, WeakMap<WidgetModel, WidgetModel>>();

/** Returns a complete model, for hooks that make views, whose listeners end with a scope. */
function scopeModel(model: WidgetModel, signal: AbortSignal): WidgetModel {
  const proxiesOfScope = proxies.get(signal) ?? new WeakMap<WidgetModel, WidgetModel>();
  proxies.set(signal, proxiesOfScope);
  const existing = proxiesOfScope.get(model);
  if (existing) return existing;
  const makeListen =
    (method: "on" | "once") =>
    (name: string | Record<string, Callback>, callback?: Callback, context?: unknown) => {
      if (signal.aborted) return proxy;
      for (const [event, listener] of listListeners(name, callback)) {
        const guard = guardListener(model, event, listener, () => {
          // Backbone's `once` would hide the listener from `off`.
          if (method === "once") model.off(event, guard);
        });
        model.on(event, guard, context);
        onAbort(signal, () => model.off(event, guard));
      }
      return proxy;
    };
  const members = { on: makeListen("on"), once: makeListen("once") };
  const proxy = new Proxy(model, {
    get(target, key) {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" && key !== "constructor" ? value.bind(target) : value;
    },
  });
  originals.set(proxy, model);
  proxiesOfScope.set(model, proxy);
  return proxy;
}

/** Returns the listeners of Backbone's two forms: one callback with its names, or several by name. */
function listListeners(
  name: string | Record<string, Callback>,
  callback: Callback | undefined,
): [event: string, callback: Callback][] {
  const entries = typeof name === "object" ? Object.entries(name) : [[name, callback] as const];
  return entries.flatMap(([names, listener]) =>
    typeof listener === "function"
      ? names.split(/\s+/).map((event): [string, Callback] => [event, listener])
      : [],
  );
}

/**
 * Returns a listener that reports errors and does not throw: after an error, Backbone would not call the
 * listeners that follow.
 */
function guardListener(
  model: WidgetModel,
  name: string,
  callback: Callback,
  before: () => void = () => undefined,
): GuardedListener {
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
  // Backbone's `off` compares listeners by this property.
  return Object.assign(guard, { _callback: callback });
}

function onAbort(signal: AbortSignal, run: () => void): void {
  signal.addEventListener("abort", run, { once: true });
}
