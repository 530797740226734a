/** The runtime of an anywidget model: calls `initialize` once and `render` for each view, again when `_esm` changes. */
import type { Host } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, messageOf } from "../../comm/errors.js";
import { within } from "../../util/within.js";
import { modelInternals } from "../patches/internals.js";
import { reportHookFailure } from "./failure.js";
import { Commands } from "./invoke.js";
import { modelProxy } from "./model-proxy.js";
import { type AnyWidgetModule, adviceFor, importModule } from "./module-cache.js";
import { anySignal, untilAborted, withTimeout } from "./signals.js";
import { StyleShare } from "./styles.js";

const EXPORT_ADVICE =
  "It should end in `export default { render({ model, el }) { … } }` (see anywidget.dev).";

/** Timeout for a widget's `initialize` if others need its exports, in ms; as in anywidget. */
const EXPORTS_MS = 10_000;

/** Maximum wait of a view for hooks of the former module, in ms. */
const HOT_RELOAD_MS = 3_000;

/** Maximum wait of a failure for a view that shows it, in ms. */
const REPORT_MS = 1_000;

/** The definition of a module. Hooks are read when they are needed, and called on it. */
interface Definition {
  initialize?: unknown;
  render?: unknown;
}

/** An initialized definition. */
interface Binding {
  readonly definition: Definition;
  readonly exports: unknown;
}

/** One text of `_esm` in use. A change of the text ends a generation and starts the next. */
interface Generation {
  readonly signal: AbortSignal;
  /** Aborted before `signal`: views end before their model. */
  readonly views: AbortSignal;
  readonly end: () => void;
  readonly binding: Promise<Binding>;
  /** Settles when `initialize` was called, or cannot be; `undefined` afterwards. */
  called: Promise<void> | undefined;
  /** Ends the wait for that call. */
  readonly skipCall: () => void;
  /** Whether `initialize` has ended or failed. */
  isBound: boolean;
  /** Whether the module or `initialize` failed, and whether a view or the console shows it. */
  failed: "unreported" | "reported" | undefined;
  /** Settles when the hooks of former generations no longer change the elements of views. */
  readonly ready: Promise<void>;
  /** Pending hooks and clean-ups. */
  readonly work: Set<Promise<unknown>>;
}

/** A place for a view. */
export interface ViewTarget {
  readonly el: HTMLElement;
  readonly signal: AbortSignal;
  /** Settles when the element is on the page. */
  readonly attached?: Promise<unknown>;
  /** Prepares the element for `render`, after the module was loaded. @param isRedrawn whether it was drawn before */
  prepare(isRedrawn: boolean): void;
  /** Handles the failure of a later generation. */
  failed(error: unknown): void;
}

/** Makes the `host` of a view whose life `signal` is. */
type CreateHost = (model: WidgetModel, signal: AbortSignal) => Host;

const runtimes = new WeakMap<WidgetModel, AnyWidgetRuntime>();

/** Returns the runtime of a model, or `undefined` for closed models and other widgets. */
export function runtimeOf(model: WidgetModel): AnyWidgetRuntime | undefined {
  return runtimes.get(model);
}

export class AnyWidgetRuntime {
  readonly commands: Commands;
  readonly #model: WidgetModel;
  readonly #createHost: CreateHost;
  readonly #ended = new AbortController();
  readonly #styles: StyleShare;
  readonly #views = new Set<ViewTarget>();
  /** The views that are being drawn. */
  readonly #drawing = new Set<ViewTarget>();
  /** The views whose `render` was called. */
  readonly #drawn = new WeakSet<ViewTarget>();
  #generation: Generation;

  constructor(model: WidgetModel, createHost: CreateHost) {
    this.#model = model;
    this.#createHost = createHost;
    this.commands = new Commands(model, this.#ended.signal);
    runtimes.set(model, this);
    this.#styles = new StyleShare(this.#text("_anywidget_id"), this.#text("_css"));
    this.#generation = this.#begin(Promise.resolve());
    model.on("change:_esm", () => this.#replace(), this);
    model.on("change:_css", () => this.#styles.update(this.#text("_css")), this);
  }

  /** Settles when `initialize` was called, or cannot be; `undefined` afterwards. */
  get called(): Promise<void> | undefined {
    return this.#generation.called;
  }

  /** Ends the wait for the call of `initialize`. */
  skipCall(): void {
    this.#generation.skipCall();
  }

  /** Whether a pending hook may add a listener. */
  get isDrawing(): boolean {
    return this.#drawing.size > 0 || !this.#generation.isBound;
  }

  /**
   * Returns the result of the newest module's `initialize`.
   *
   * @throws (rejects) the error of the module or of `initialize`, or {@link CommError} `WIDGET` when the widget
   *   is closed, or `initialize` does not end in time
   */
  async exports(): Promise<unknown> {
    this.#retryFailed();
    const { model_id: comm_id } = this.#model;
    return withTimeout(
      this.#latest(async ({ binding }) => (await binding).exports),
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
   * @throws the error of the module, of `initialize`, or of `render`
   */
  async createView(view: ViewTarget): Promise<void> {
    if (view.signal.aborted || this.#ended.signal.aborted) return;
    this.#retryFailed();
    this.#views.add(view);
    view.signal.addEventListener("abort", () => this.#views.delete(view), { once: true });
    this.#drawing.add(view);
    try {
      await view.attached;
      const drawn = this.#latest((generation) => this.#render(view, generation));
      await untilAborted(drawn, view.signal, undefined);
    } catch (error) {
      if (!this.#ended.signal.aborted) throw error;
    } finally {
      this.#drawing.delete(view);
    }
  }

  /** Ends the runtime: aborts the signals of all hooks, and runs clean-ups. */
  end(): void {
    runtimes.delete(this.#model);
    this.#ended.abort(this.#closed());
    modelInternals(this.#model).off(null, null, this);
    this.#generation.end();
    this.#styles.release();
    this.#views.clear();
  }

  /** Starts a failed generation again, so that a temporary failure does not last. */
  #retryFailed(): void {
    if (this.#generation.failed === "reported") this.#replace();
  }

  /** Calls `act` for the newest generation, and again if another replaces it meanwhile. */
  async #latest<T>(act: (generation: Generation) => Promise<T>): Promise<T> {
    for (;;) {
      const generation = this.#generation;
      try {
        const result = await untilAborted(act(generation), generation.signal, REPLACED);
        if (result !== REPLACED) return result;
      } catch (error) {
        if (generation === this.#generation) {
          if (generation.failed) generation.failed = "reported";
          throw error;
        }
      }
      this.#ended.signal.throwIfAborted();
    }
  }

  /** Starts a generation. @param ready settles when views may be drawn */
  #begin(ready: Promise<void>): Generation {
    const controller = new AbortController();
    const { signal } = controller;
    let skipCall = (): void => undefined;
    const called = new Promise<void>((resolve) => {
      skipCall = resolve;
    });
    signal.addEventListener("abort", skipCall);
    const work = new Set<Promise<unknown>>();
    const binding = this.#bind(signal, skipCall, work);
    const views = new AbortController();
    const end = (): void => {
      views.abort();
      controller.abort();
    };
    const generation: Generation = {
      signal,
      views: views.signal,
      end,
      binding,
      called,
      skipCall,
      isBound: false,
      failed: undefined,
      ready,
      work,
    };
    void called.then(() => {
      generation.called = undefined;
    });
    const bound = (): void => {
      skipCall();
      generation.isBound = true;
    };
    binding.then(bound, (error: unknown) => {
      bound();
      if (signal.aborted) return;
      generation.failed = "unreported";
      setTimeout(() => this.#report(generation, error), REPORT_MS);
    });
    return generation;
  }

  /** Reports a failure that no view shows. */
  #report(generation: Generation, error: unknown): void {
    if (generation.signal.aborted || generation.failed === "reported" || this.#views.size > 0)
      return;
    generation.failed = "reported";
    reportHookFailure(this.#model, "initialize", error);
  }

  #replace(): void {
    const before = this.#generation;
    before.end();
    // The old module may still change a view's element, and must finish before the new one draws.
    const finished = before.ready.then(() => settled(before.work));
    const generation = this.#begin(within(finished, HOT_RELOAD_MS));
    this.#generation = generation;
    for (const view of this.#views) {
      // A view that is being drawn draws the newest generation anyway.
      if (!this.#drawing.has(view)) void this.#redraw(view);
    }
  }

  async #redraw(view: ViewTarget): Promise<void> {
    this.#drawing.add(view);
    try {
      await this.#latest((generation) => this.#render(view, generation));
    } catch (error) {
      if (!this.#ended.signal.aborted) view.failed(error);
    } finally {
      this.#drawing.delete(view);
    }
  }

  async #bind(
    signal: AbortSignal,
    onCalled: () => void,
    work: Set<Promise<unknown>>,
  ): Promise<Binding> {
    const definition = await this.#definition();
    if (signal.aborted) return { definition: {}, exports: undefined };
    const initializing = callHook(definition, "initialize", {
      model: modelProxy(this.#model, signal),
      signal,
      experimental: { invoke: this.commands.invoke },
    });
    onCalled();
    const returned = await initializing;
    if (isCleanUp(returned)) cleanUpAtEnd(signal, returned, work);
    const exports = typeof returned === "object" && returned !== null ? returned : undefined;
    return { definition, exports };
  }

  /** Returns the definition: the default export, or the result of a default function, or named hooks. */
  async #definition(): Promise<Definition> {
    const id = this.#text("_anywidget_id") || "a widget without _anywidget_id";
    const esm = this.#text("_esm");
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
    const made: unknown =
      typeof module.default === "function" ? await module.default() : module.default;
    const isDefined = typeof made === "object" && made !== null;
    // A definition without hooks may get them later.
    if (isDefined && (hasHooks(made) || !hasHooks(module))) return made;
    if (hasHooks(module)) {
      warnOfNamedHooks(id);
      return module;
    }
    throw new CommError(
      "MODULE_LOAD",
      `the module (_esm) of ${id} exports neither a widget as default nor a render function`,
      { comm_id: this.#model.model_id, advice: EXPORT_ADVICE },
    );
  }

  async #render(view: ViewTarget, generation: Generation): Promise<void> {
    const signal = anySignal(view.signal, generation.views);
    const { definition } = await generation.binding;
    await generation.ready;
    if (signal.aborted) return;
    view.prepare(this.#drawn.has(view));
    this.#drawn.add(view);
    const hasStyle = this.#styles.reach(view.el, signal);
    const rendering = callHook(definition, "render", {
      model: modelProxy(this.#model, signal),
      el: view.el,
      signal,
      host: this.#createHost(this.#model, signal),
      experimental: { invoke: this.commands.invoke },
    });
    during(rendering, generation.work);
    const cleanUp = await rendering;
    // The element may have been moved into a shadow root meanwhile.
    if (!hasStyle) this.#styles.reach(view.el, signal);
    if (isCleanUp(cleanUp)) cleanUpAtEnd(signal, cleanUp, generation.work);
  }

  #closed(): CommError {
    const { model_id: comm_id } = this.#model;
    return new CommError("WIDGET", `the widget ${comm_id} has been closed`, { comm_id });
  }

  #text(name: "_esm" | "_css" | "_anywidget_id"): string {
    const value: unknown = this.#model.get(name);
    return typeof value === "string" ? value : "";
  }
}

/** The result for a generation that was replaced. */
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

function warnOfNamedHooks(id: string): void {
  if (warned.has(id)) return;
  warned.add(id);
  console.warn(
    `[shiny-comm] The module (_esm) of ${id} exports its hooks by name, which anywidget has deprecated: ` +
      "export default { render } (see anywidget.dev/en/afm).",
  );
}

function during(task: Promise<unknown>, work: Set<Promise<unknown>>): void {
  const end = (): void => void work.delete(task);
  work.add(task);
  task.then(end, end);
}

/** Settles when no work is pending, also not work that was added meanwhile. */
async function settled(work: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (work.size > 0) await Promise.allSettled(work);
}

/** Runs a hook's clean-up when its scope ends, or now if it has ended. */
function cleanUpAtEnd(
  signal: AbortSignal,
  cleanUp: () => unknown,
  work: Set<Promise<unknown>>,
): void {
  const run = async (): Promise<void> => {
    try {
      await cleanUp();
    } catch (error) {
      console.warn("[shiny-comm] a widget's clean-up failed:", error);
    }
  };
  if (signal.aborted) during(run(), work);
  else signal.addEventListener("abort", () => during(run(), work), { once: true });
}
