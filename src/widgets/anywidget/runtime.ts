/** The life of one anywidget model: its module, `initialize` once, `render` once a view, and both anew when `_esm` changes. */
import type { Host } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { ModuleLoadError, messageOf } from "../../comm/errors.js";
import { createHost } from "./host.js";
import { invokeOn } from "./invoke.js";
import { modelProxy } from "./model-proxy.js";
import { type AnyWidgetModule, importModule, isAddress } from "./module-cache.js";
import { type StyleShare, useStyles } from "./styles.js";

const TEXT_ADVICE =
  "Its text must be an ES module that parses and runs. Under a Content-Security-Policy, script-src " +
  "needs blob: for modules that are sent as text.";

const ADDRESS_ADVICE =
  "Does the address lead to an ES module, served as text/javascript? Under a Content-Security-Policy, " +
  "script-src must allow it.";

const EXPORT_ADVICE =
  "It should end in `export default { render({ model, el }) { … } }` (see anywidget.dev).";

type Hook = (props: Record<string, unknown>) => unknown;

/** The widget that a module stands for, its `initialize` done. */
interface Binding {
  readonly render: Hook | undefined;
  readonly exports: unknown;
}

/** One text of `_esm` in use. A change of the text ends it and begins the next. */
interface Generation {
  readonly controller: AbortController;
  readonly binding: Promise<Binding>;
  /** Settles when `initialize` has been called, or will not be; `undefined` afterwards. */
  called: Promise<void> | undefined;
}

/** A place where the widget is to be seen. */
export interface ViewTarget {
  readonly el: HTMLElement;
  readonly signal: AbortSignal;
  /** Settled when the place is on the page. */
  readonly attached?: Promise<unknown>;
  /** Called before each render, when the module is there: the place is to be empty. */
  prepare(): void;
  /** A later generation could not be rendered. */
  failed(error: unknown): void;
}

const runtimes = new WeakMap<WidgetModel, AnyWidgetRuntime>();

/** The runtime of a model, or `undefined` when it is no anywidget. */
export function runtimeOf(model: WidgetModel): AnyWidgetRuntime | undefined {
  return runtimes.get(model);
}

export class AnyWidgetRuntime {
  readonly #model: WidgetModel;
  readonly #ended = new AbortController();
  readonly #styles: StyleShare;
  readonly #views = new Set<ViewTarget>();
  #generation: Generation;
  /** Hooks that are under way; a message that nobody listens for yet may be for one of them. */
  readonly #hooks = new Set<Promise<unknown>>();
  #listens = false;
  #onListens: (() => void)[] = [];

  constructor(model: WidgetModel) {
    this.#model = model;
    runtimes.set(model, this);
    this.#styles = useStyles(this.#text("_anywidget_id"), this.#text("_css"));
    this.#generation = this.#begin();
    model.on("change:_esm", () => this.#replace(), this);
    model.on("change:_css", () => this.#styles.update(this.#text("_css")), this);
  }

  /** What `initialize` returned for others to use, once it has. */
  async exports(): Promise<unknown> {
    return (await this.#generation.binding).exports;
  }

  /**
   * Renders a view, and again whenever the module changes, until its signal is aborted.
   *
   * @throws what the module's loading, `initialize` or `render` threw
   */
  async createView(view: ViewTarget): Promise<void> {
    this.#views.add(view);
    view.signal.addEventListener("abort", () => this.#views.delete(view), { once: true });
    const render = async (): Promise<void> => {
      await view.attached;
      await this.#render(view, this.#generation);
    };
    await this.#during(render());
  }

  /**
   * Settles when a custom message can be delivered: when somebody listens for it, or when no hook
   * is under way that might begin to. Without that, what the server sends before the module has
   * been loaded would be lost; and a hook that awaits an answer listens for it, so it gets one.
   *
   * @returns `undefined` when that is now
   */
  readyForMessages(): Promise<void> | undefined {
    return this.#mayYetListen() ? this.#listener() : undefined;
  }

  #mayYetListen(): boolean {
    return !this.#listens && this.#hooks.size > 0 && !this.#ended.signal.aborted;
  }

  async #listener(): Promise<void> {
    while (this.#mayYetListen()) {
      const listens = new Promise<void>((resolve) => this.#onListens.push(resolve));
      await Promise.race([listens, ...this.#hooks]);
    }
  }

  /**
   * Settles when an update can be delivered: when `initialize` has been called, or will not be.
   * Some modules take the change of a trait for an event (plotly's figures do), and listen from
   * there on. What `initialize` returns is not awaited, as it may need what stands behind the update.
   *
   * @returns `undefined` when that is now
   */
  readyForUpdates(): Promise<void> | undefined {
    return this.#generation.called;
  }

  /** Ends the model's life: every hook's signal is aborted, its clean-up run. */
  end(): void {
    this.#ended.abort();
    this.#model.off(null as never, null as never, this);
    this.#generation.controller.abort();
    this.#styles.release();
    this.#views.clear();
    for (const resolve of this.#onListens.splice(0)) resolve();
    runtimes.delete(this.#model);
  }

  #begin(): Generation {
    const controller = new AbortController();
    let onCalled = (): void => undefined;
    const called = new Promise<void>((resolve) => {
      onCalled = resolve;
    });
    controller.signal.addEventListener("abort", onCalled);
    const binding = this.#during(this.#bind(controller.signal, onCalled));
    binding.then(onCalled, onCalled);
    const generation: Generation = { controller, binding, called };
    void called.then(() => {
      generation.called = undefined;
    });
    return generation;
  }

  #replace(): void {
    this.#generation.controller.abort();
    this.#listens = false;
    const generation = this.#begin();
    this.#generation = generation;
    for (const view of this.#views) {
      this.#during(this.#render(view, generation)).catch((error: unknown) => view.failed(error));
    }
  }

  async #bind(signal: AbortSignal, onCalled: () => void): Promise<Binding> {
    const definition = await this.#definition();
    if (signal.aborted) return { render: undefined, exports: undefined };
    const { initialize, render } = definition;
    const returning = initialize?.({
      model: this.#proxy(signal),
      signal,
      experimental: { invoke: invokeOn(this.#model) },
    });
    onCalled();
    const returned = await returning;
    if (typeof returned === "function") cleanUpAtEnd(signal, returned as () => unknown);
    const exports = typeof returned === "object" && returned !== null ? returned : undefined;
    return { render, exports };
  }

  /** The module's widget: its default export, or what a default function makes; older ones export `render`. */
  async #definition(): Promise<{ initialize: Hook | undefined; render: Hook | undefined }> {
    const id = this.#text("_anywidget_id") || "a widget without _anywidget_id";
    let module: AnyWidgetModule;
    try {
      module = await importModule(this.#text("_esm"));
    } catch (cause) {
      throw new ModuleLoadError(`cannot load the module (_esm) of ${id}: ${messageOf(cause)}`, {
        comm_id: this.#model.model_id,
        cause,
        advice: isAddress(this.#text("_esm")) ? ADDRESS_ADVICE : TEXT_ADVICE,
      });
    }
    const made: unknown =
      typeof module.default === "function" ? await module.default() : module.default;
    const source = (typeof made === "object" && made !== null ? made : module) as AnyWidgetModule;
    const initialize = asHook(source.initialize) ?? asHook(module.initialize);
    const render = asHook(source.render) ?? asHook(module.render);
    if (!initialize && !render) {
      throw new ModuleLoadError(
        `the module (_esm) of ${id} exports neither a widget as default nor a render function`,
        { comm_id: this.#model.model_id, advice: EXPORT_ADVICE },
      );
    }
    return { initialize, render };
  }

  async #render(view: ViewTarget, generation: Generation): Promise<void> {
    const signal = anySignal(view.signal, generation.controller.signal, this.#ended.signal);
    const { render } = await generation.binding;
    if (signal.aborted) return;
    view.prepare();
    if (!render) return;
    const cleanUp = await render({
      model: this.#proxy(signal),
      el: view.el,
      signal,
      host: createHost(this.#model, signal) satisfies Host,
      experimental: { invoke: invokeOn(this.#model) },
    });
    if (typeof cleanUp === "function") cleanUpAtEnd(signal, cleanUp as () => unknown);
  }

  #proxy(signal: AbortSignal) {
    return modelProxy(this.#model, signal, (event) => {
      if (this.#listens || !/(^|\s)(msg:custom|all)(\s|$)/.test(event)) return;
      this.#listens = true;
      for (const resolve of this.#onListens.splice(0)) resolve();
    });
  }

  #during<T>(hook: Promise<T>): Promise<T> {
    const settled = hook.then(
      () => undefined,
      () => undefined,
    );
    this.#hooks.add(settled);
    void settled.then(() => this.#hooks.delete(settled));
    return hook;
  }

  #text(name: "_esm" | "_css" | "_anywidget_id"): string {
    const value: unknown = this.#model.get(name);
    return typeof value === "string" ? value : "";
  }
}

function asHook(value: unknown): Hook | undefined {
  return typeof value === "function" ? (value as Hook) : undefined;
}

/** Runs a hook's clean-up when its scope ends, or now when it has ended meanwhile. */
function cleanUpAtEnd(signal: AbortSignal, cleanUp: () => unknown): void {
  const run = async (): Promise<void> => {
    try {
      await cleanUp();
    } catch (error) {
      console.warn("[shiny-comm] a widget's clean-up failed:", error);
    }
  };
  if (signal.aborted) void run();
  else signal.addEventListener("abort", () => void run(), { once: true });
}

/** Aborted when any of the signals is. */
function anySignal(...signals: AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === "function") return AbortSignal.any(signals);
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}
