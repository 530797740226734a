/** Runs the module of an anywidget model: `initialize` once, `render` for each view, and both again when `_esm` changes. */
import type { Host } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, messageOf } from "../../comm/errors.js";
import { within } from "../../util/within.js";
import { modelInternals } from "../patches/internals.js";
import { reportHookFailure } from "./failure.js";
import { Commands } from "./invoke.js";
import { createModelProxy } from "./model-proxy.js";
import { type AnyWidgetModule, adviceFor, importModule } from "./module-cache.js";
import { combineSignals, waitUntilAborted, withTimeout } from "./signals.js";
import { StyleShare } from "./styles.js";

const EXPORT_ADVICE =
  "End the module with `export default { render({ model, el }) { … } }` (see anywidget.dev).";

/** How long other widgets wait for the end of a widget's `initialize`, in ms; the same as in anywidget. */
const EXPORTS_MS = 10_000;

/** How long a view waits for the hooks of the previous module, in ms. */
const HOT_RELOAD_MS = 3_000;

/** How long a failure waits for a view that shows it, before it is reported, in ms. */
const REPORT_DELAY_MS = 1_000;

/** The widget that a module defines. Hooks are looked up at each call, and called as methods. */
interface Definition {
  initialize?: unknown;
  render?: unknown;
}

/** A definition whose `initialize` has ended, and the object that it returned. */
interface Binding {
  readonly definition: Definition;
  readonly exports: unknown;
}

/** One version of `_esm` in use. A change of `_esm` ends it and starts the next generation. */
interface Generation {
  /** Aborted at the end of the generation. */
  readonly signal: AbortSignal;
  /** Aborted before `signal`, so that views end before the state that they use. */
  readonly viewsSignal: AbortSignal;
  readonly end: () => void;
  readonly binding: Promise<Binding>;
  /** Settles when `initialize` was called or skipped; `undefined` afterwards. */
  initializeCalled: Promise<void> | undefined;
  /** Ends the wait for the call of `initialize`. */
  readonly skipInitialize: () => void;
  /** Whether `initialize` has ended or failed. */
  isInitialized: boolean;
  /** Whether a view or the console shows the failure of the module or of `initialize`; `undefined` without one. */
  failure: "unreported" | "reported" | undefined;
  /** Settles when the hooks of previous generations no longer change the elements of views. */
  readonly ready: Promise<void>;
  /** The pending hooks and clean-ups. */
  readonly pendingWork: Set<Promise<unknown>>;
}

/** An element that shows the widget. */
export interface ViewTarget {
  readonly el: HTMLElement;
  /** Aborted at the end of the view. */
  readonly signal: AbortSignal;
  /** Settles when the element is on the page. */
  readonly attached?: Promise<unknown>;
  /** Prepares the element for `render`, after the module has loaded. */
  prepare(isRedrawn: boolean): void;
  /** Receives the error if a later generation cannot be rendered. */
  onFailure(error: unknown): void;
}

/** Makes the `host` of a view, until the signal is aborted. */
type CreateHost = (model: WidgetModel, signal: AbortSignal) => Host;

const runtimes = new WeakMap<WidgetModel, AnyWidgetRuntime>();

/** Returns the runtime of a model, or `undefined` if the model is closed or not an anywidget. */
export function runtimeOf(model: WidgetModel): AnyWidgetRuntime | undefined {
  return runtimes.get(model);
}

export class AnyWidgetRuntime {
  readonly commands: Commands;
  readonly #model: WidgetModel;
  readonly #createHost: CreateHost;
  /** Aborted when the model is closed. */
  readonly #closed = new AbortController();
  readonly #styles: StyleShare;
  readonly #views = new Set<ViewTarget>();
  /** The views whose `render` is pending. */
  readonly #drawing = new Set<ViewTarget>();
  /** The views whose `render` was called at least once. */
  readonly #drawn = new WeakSet<ViewTarget>();
  #generation: Generation;

  constructor(model: WidgetModel, createHost: CreateHost) {
    this.#model = model;
    this.#createHost = createHost;
    this.commands = new Commands(model, this.#closed.signal);
    runtimes.set(model, this);
    this.#styles = new StyleShare(this.#readText("_anywidget_id"), this.#readText("_css"));
    this.#generation = this.#startGeneration(Promise.resolve());
    model.on("change:_esm", () => this.#replaceGeneration(), this);
    model.on("change:_css", () => this.#styles.update(this.#readText("_css")), this);
  }

  /** Settles when `initialize` was called or skipped; `undefined` afterwards. */
  get initializeCalled(): Promise<void> | undefined {
    return this.#generation.initializeCalled;
  }

  /** Ends the wait for the call of `initialize`. */
  skipInitialize(): void {
    this.#generation.skipInitialize();
  }

  /** Whether a hook that may add listeners is pending. */
  get isDrawing(): boolean {
    return this.#drawing.size > 0 || !this.#generation.isInitialized;
  }

  /**
   * Returns the object that the newest module's `initialize` returned for other widgets.
   *
   * @throws (rejects) the error of the module or of `initialize`, or {@link CommError} `WIDGET` if the widget
   *   is closed or `initialize` does not end in time
   */
  async exports(): Promise<unknown> {
    this.#retryFailed();
    const { model_id: comm_id } = this.#model;
    return withTimeout(
      this.#withNewest(async ({ binding }) => (await binding).exports),
      EXPORTS_MS,
      () =>
        new CommError(
          "WIDGET",
          `the widget ${comm_id} has not been initialized within ${EXPORTS_MS / 1000} s`,
          { comm_id },
        ),
    );
  }

  /**
   * Renders a view, and again whenever the module changes, until its signal is aborted.
   *
   * @throws (rejects) the error of the module, of `initialize`, or of `render`
   */
  async createView(view: ViewTarget): Promise<void> {
    if (view.signal.aborted || this.#closed.signal.aborted) return;
    this.#retryFailed();
    this.#views.add(view);
    view.signal.addEventListener("abort", () => this.#views.delete(view), { once: true });
    this.#drawing.add(view);
    try {
      await view.attached;
      const drawn = this.#withNewest((generation) => this.#render(view, generation));
      await waitUntilAborted(drawn, view.signal, undefined);
    } catch (error) {
      if (!this.#closed.signal.aborted) throw error;
    } finally {
      this.#drawing.delete(view);
    }
  }

  /** Aborts the signals of all hooks and runs their clean-ups, when the model is closed. */
  dispose(): void {
    runtimes.delete(this.#model);
    this.#closed.abort(this.#makeClosedError());
    modelInternals(this.#model).off(null, null, this);
    this.#generation.end();
    this.#styles.release();
    this.#views.clear();
  }

  /** Loads and initializes a failed module again, because the failure may have been temporary. */
  #retryFailed(): void {
    if (this.#generation.failure === "reported") this.#replaceGeneration();
  }

  /** Runs a task with the newest generation, and again if another one replaces it meanwhile. */
  async #withNewest<T>(task: (generation: Generation) => Promise<T>): Promise<T> {
    for (;;) {
      const generation = this.#generation;
      try {
        const result = await waitUntilAborted(task(generation), generation.signal, REPLACED);
        if (result !== REPLACED) return result;
      } catch (error) {
        if (generation === this.#generation) {
          if (generation.failure) generation.failure = "reported";
          throw error;
        }
      }
      this.#closed.signal.throwIfAborted();
    }
  }

  /** Starts a generation. @param ready settles when views may be drawn */
  #startGeneration(ready: Promise<void>): Generation {
    const controller = new AbortController();
    const { signal } = controller;
    let skipInitialize = (): void => undefined;
    const initializeCalled = new Promise<void>((resolve) => {
      skipInitialize = resolve;
    });
    signal.addEventListener("abort", skipInitialize);
    const pendingWork = new Set<Promise<unknown>>();
    const binding = this.#initialize(signal, skipInitialize, pendingWork);
    const views = new AbortController();
    const end = (): void => {
      views.abort();
      controller.abort();
    };
    const generation: Generation = {
      signal,
      viewsSignal: views.signal,
      end,
      binding,
      initializeCalled,
      skipInitialize,
      isInitialized: false,
      failure: undefined,
      ready,
      pendingWork,
    };
    void initializeCalled.then(() => {
      generation.initializeCalled = undefined;
    });
    const markInitialized = (): void => {
      skipInitialize();
      generation.isInitialized = true;
    };
    binding.then(markInitialized, (error: unknown) => {
      markInitialized();
      if (signal.aborted) return;
      generation.failure = "unreported";
      setTimeout(() => this.#report(generation, error), REPORT_DELAY_MS);
    });
    return generation;
  }

  /** Reports a failure that no view shows. */
  #report(generation: Generation, error: unknown): void {
    const { signal, failure } = generation;
    if (signal.aborted || failure === "reported" || this.#views.size > 0) return;
    generation.failure = "reported";
    reportHookFailure(this.#model, "initialize", error);
  }

  #replaceGeneration(): void {
    const previous = this.#generation;
    previous.end();
    // The old module may still change a view's element, and must finish before the new one draws.
    const finished = previous.ready.then(() => waitForWork(previous.pendingWork));
    const generation = this.#startGeneration(within(finished, HOT_RELOAD_MS));
    this.#generation = generation;
    for (const view of this.#views) {
      // A pending render repeats with the newest generation.
      if (!this.#drawing.has(view)) void this.#redraw(view);
    }
  }

  async #redraw(view: ViewTarget): Promise<void> {
    this.#drawing.add(view);
    try {
      await this.#withNewest((generation) => this.#render(view, generation));
    } catch (error) {
      if (!this.#closed.signal.aborted) view.onFailure(error);
    } finally {
      this.#drawing.delete(view);
    }
  }

  async #initialize(
    signal: AbortSignal,
    onCalled: () => void,
    pendingWork: Set<Promise<unknown>>,
  ): Promise<Binding> {
    const definition = await this.#loadDefinition();
    if (signal.aborted) return { definition: {}, exports: undefined };
    const initializing = callHook(definition, "initialize", {
      model: createModelProxy(this.#model, signal),
      signal,
      experimental: { invoke: this.commands.invoke },
    });
    onCalled();
    const returned = await initializing;
    if (isCleanUp(returned)) cleanUpOnAbort(signal, returned, pendingWork);
    const exports = typeof returned === "object" && returned !== null ? returned : undefined;
    return { definition, exports };
  }

  /** Returns the definition: the default export, or the result of a default function, or named hooks. */
  async #loadDefinition(): Promise<Definition> {
    const id = this.#readText("_anywidget_id") || "a widget without _anywidget_id";
    const esm = this.#readText("_esm");
    let module: AnyWidgetModule;
    try {
      module = await importModule(esm);
    } catch (cause) {
      throw new CommError(
        "MODULE_LOAD",
        `cannot load the module (_esm) of ${id}: ${messageOf(cause)}`,
        {
          comm_id: this.#model.model_id,
          cause,
          advice: adviceFor(esm, cause),
        },
      );
    }
    const widget: unknown =
      typeof module.default === "function" ? await module.default() : module.default;
    const isDefined = typeof widget === "object" && widget !== null;
    // A definition without hooks may get them later.
    if (isDefined && (hasHooks(widget) || !hasHooks(module))) return widget;
    if (hasHooks(module)) {
      warnAboutNamedHooks(id);
      return module;
    }
    throw new CommError(
      "MODULE_LOAD",
      `cannot load the module (_esm) of ${id}: it exports neither a widget as default nor a render function`,
      { comm_id: this.#model.model_id, advice: EXPORT_ADVICE },
    );
  }

  async #render(view: ViewTarget, generation: Generation): Promise<void> {
    const signal = combineSignals(view.signal, generation.viewsSignal);
    const { definition } = await generation.binding;
    await generation.ready;
    if (signal.aborted) return;
    view.prepare(this.#drawn.has(view));
    this.#drawn.add(view);
    const isInShadowRoot = this.#styles.addToShadowRoot(view.el, signal);
    const rendering = callHook(definition, "render", {
      model: createModelProxy(this.#model, signal),
      el: view.el,
      signal,
      host: this.#createHost(this.#model, signal),
      experimental: { invoke: this.commands.invoke },
    });
    trackWork(rendering, generation.pendingWork);
    const cleanUp = await rendering;
    // The element may have been moved into a shadow root meanwhile.
    if (!isInShadowRoot) this.#styles.addToShadowRoot(view.el, signal);
    if (isCleanUp(cleanUp)) cleanUpOnAbort(signal, cleanUp, generation.pendingWork);
  }

  #makeClosedError(): CommError {
    const { model_id: comm_id } = this.#model;
    return new CommError("WIDGET", `the widget ${comm_id} has been closed`, { comm_id });
  }

  #readText(name: "_esm" | "_css" | "_anywidget_id"): string {
    const value: unknown = this.#model.get(name);
    return typeof value === "string" ? value : "";
  }
}

/** The result of a task whose generation was replaced. */
const REPLACED = Symbol("replaced");

function hasHooks(definition: Definition): boolean {
  return typeof definition.initialize === "function" || typeof definition.render === "function";
}

async function callHook(
  definition: Definition,
  name: "initialize" | "render",
  props: Record<string, unknown>,
): Promise<unknown> {
  const hook = definition[name];
  return isFunction(hook) ? Reflect.apply(hook, definition, [props]) : undefined;
}

function isFunction(value: unknown): value is Function {
  return typeof value === "function";
}

function isCleanUp(value: unknown): value is () => unknown {
  return typeof value === "function";
}

const warned = new Set<string>();

function warnAboutNamedHooks(id: string): void {
  if (warned.has(id)) return;
  warned.add(id);
  console.warn(
    `[shiny-comm] The module (_esm) of ${id} exports its hooks by name, which anywidget has deprecated: ` +
      "export default { render } (see anywidget.dev/en/afm).",
  );
}

/** Adds a promise to the pending work until it settles. */
function trackWork(task: Promise<unknown>, pendingWork: Set<Promise<unknown>>): void {
  const end = (): void => void pendingWork.delete(task);
  pendingWork.add(task);
  task.then(end, end);
}

/** Settles when no work is pending, including work that was added meanwhile. */
async function waitForWork(pendingWork: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (pendingWork.size > 0) await Promise.allSettled(pendingWork);
}

/** Runs a hook's clean-up when the signal is aborted, or immediately if it already is. */
function cleanUpOnAbort(
  signal: AbortSignal,
  cleanUp: () => unknown,
  pendingWork: Set<Promise<unknown>>,
): void {
  const run = async (): Promise<void> => {
    try {
      await cleanUp();
    } catch (error) {
      console.warn("[shiny-comm] a widget's clean-up failed:", error);
    }
  };
  if (signal.aborted) trackWork(run(), pendingWork);
  else signal.addEventListener("abort", () => trackWork(run(), pendingWork), { once: true });
}
