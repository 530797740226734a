/** The life of one anywidget model: its module, `initialize` once, `render` once a view, and both anew when `_esm` changes. */
import type { Host } from "@anywidget/types";
import type { WidgetModel } from "@jupyter-widgets/base";
import { CommError, messageOf } from "../../comm/errors.js";
import { within } from "../manager/within.js";
import { reportHookFailure } from "./failure.js";
import { createHost } from "./host.js";
import { Commands } from "./invoke.js";
import { modelProxy } from "./model-proxy.js";
import { type AnyWidgetModule, adviceFor, importModule } from "./module-cache.js";
import { anySignal, untilAborted, withTimeout } from "./signals.js";
import { StyleShare } from "./styles.js";

const EXPORT_ADVICE =
  "It should end in `export default { render({ model, el }) { … } }` (see anywidget.dev).";

/** How long others wait for a widget's `initialize` to end, in ms; as in anywidget. */
const EXPORTS_MS = 10_000;

/** How long a view waits for what the module before it still does in its place, in ms. */
const HOT_RELOAD_MS = 3_000;

/** How long a failure waits for a view that shows it, in ms. */
const TELL_MS = 1_000;

type Hook = (props: Record<string, unknown>) => unknown;

/** What a module defines: hooks are looked up when they are needed, and called on it. */
interface Definition {
  initialize?: unknown;
  render?: unknown;
}

/** The widget that a module stands for, its `initialize` done. */
interface Binding {
  readonly definition: Definition;
  readonly exports: unknown;
}

/** One text of `_esm` in use. A change of the text ends it and begins the next. */
interface Generation {
  readonly signal: AbortSignal;
  /** Aborted ahead of that: views end before what they are made of. */
  readonly views: AbortSignal;
  readonly end: () => void;
  readonly binding: Promise<Binding>;
  /** Settles when `initialize` has been called, or will not be; `undefined` afterwards. */
  called: Promise<void> | undefined;
  /** Ends the wait for that call. */
  readonly skipCall: () => void;
  /** Its `initialize` has ended, or failed. */
  isBound: boolean;
  /** Its module or its `initialize` failed: nobody has been told of it yet, or somebody has. */
  failed: "untold" | "told" | undefined;
  /** Settles when what was before it does nothing any more in the places of views. */
  readonly ready: Promise<void>;
  /** What its hooks and clean-ups still do in the places of views. */
  readonly work: Set<Promise<unknown>>;
}

/** A place where the widget is to be seen. */
export interface ViewTarget {
  readonly el: HTMLElement;
  readonly signal: AbortSignal;
  /** Settled when the place is on the page. */
  readonly attached?: Promise<unknown>;
  /** Called before each render, when the module is there. @param isRedrawn not for the first time */
  prepare(isRedrawn: boolean): void;
  /** A later generation could not be rendered. */
  failed(error: unknown): void;
}

const runtimes = new WeakMap<WidgetModel, AnyWidgetRuntime>();

/** The runtime of a model, or `undefined` when it is no anywidget, or closed. */
export function runtimeOf(model: WidgetModel): AnyWidgetRuntime | undefined {
  return runtimes.get(model);
}

export class AnyWidgetRuntime {
  readonly commands: Commands;
  readonly #model: WidgetModel;
  readonly #ended = new AbortController();
  readonly #styles: StyleShare;
  readonly #views = new Set<ViewTarget>();
  /** Those that are being drawn. */
  readonly #drawing = new Set<ViewTarget>();
  /** Those whose `render` has been called. */
  readonly #drawn = new WeakSet<ViewTarget>();
  #generation: Generation;

  constructor(model: WidgetModel) {
    this.#model = model;
    this.commands = new Commands(model, this.#ended.signal);
    runtimes.set(model, this);
    this.#styles = new StyleShare(this.#text("_anywidget_id"), this.#text("_css"));
    this.#generation = this.#begin(Promise.resolve());
    model.on("change:_esm", () => this.#replace(), this);
    model.on("change:_css", () => this.#styles.update(this.#text("_css")), this);
  }

  /** Settles when `initialize` has been called, or will not be; `undefined` afterwards. */
  get called(): Promise<void> | undefined {
    return this.#generation.called;
  }

  /** Ends the wait for the call of `initialize`. */
  skipCall(): void {
    this.#generation.skipCall();
  }

  /** Whether a hook is about to run, or runs, that may begin to listen. */
  get isDrawing(): boolean {
    return this.#drawing.size > 0 || !this.#generation.isBound;
  }

  /**
   * What `initialize` returned for others to use: that of the newest module.
   *
   * @throws (rejects) what the module or `initialize` threw, or {@link CommError} `WIDGET` when the widget is
   *   closed, or `initialize` does not end in time
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
   * @throws what the module's loading, `initialize` or `render` threw
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

  /** Ends the model's life: every hook's signal is aborted, its clean-up run. */
  end(): void {
    runtimes.delete(this.#model);
    this.#ended.abort(this.#closed());
    this.#model.off(null as never, null as never, this);
    this.#generation.end();
    this.#styles.release();
    this.#views.clear();
  }

  /** Begins anew what has failed before, so that a fault of the moment is not for ever. */
  #retryFailed(): void {
    if (this.#generation.failed === "told") this.#replace();
  }

  /** Does something with the newest generation: once more when another takes its place meanwhile. */
  async #latest<T>(act: (generation: Generation) => Promise<T>): Promise<T> {
    for (;;) {
      const generation = this.#generation;
      try {
        const result = await untilAborted(act(generation), generation.signal, REPLACED);
        if (result !== REPLACED) return result;
      } catch (error) {
        if (generation === this.#generation) {
          if (generation.failed) generation.failed = "told";
          throw error;
        }
      }
      this.#ended.signal.throwIfAborted();
    }
  }

  /** @param ready settles when views may be drawn */
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
      generation.failed = "untold";
      setTimeout(() => this.#tell(generation, error), TELL_MS);
    });
    return generation;
  }

  /** Reports a failure that no view has shown. */
  #tell(generation: Generation, error: unknown): void {
    if (generation.signal.aborted || generation.failed === "told" || this.#views.size > 0) return;
    generation.failed = "told";
    reportHookFailure(this.#model, "initialize", error);
  }

  #replace(): void {
    const before = this.#generation;
    before.end();
    // What the old module still writes into a view's place must not come after what the new one does.
    const over = before.ready.then(() => settled(before.work));
    const generation = this.#begin(within(over, HOT_RELOAD_MS));
    this.#generation = generation;
    for (const view of this.#views) {
      // Others draw the newest generation by themselves.
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
    if (typeof returned === "function") cleanUpAtEnd(signal, returned as () => unknown, work);
    const exports = typeof returned === "object" && returned !== null ? returned : undefined;
    return { definition, exports };
  }

  /** The module's widget: its default export, or what a default function makes; older ones export the hooks. */
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
    // A definition may get its hooks later, and one without any draws nothing.
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
      host: createHost(this.#model, signal) satisfies Host,
      experimental: { invoke: this.commands.invoke },
    });
    during(rendering, generation.work);
    const cleanUp = await rendering;
    // The place may have come into a shadow root meanwhile.
    if (!hasStyle) this.#styles.reach(view.el, signal);
    if (typeof cleanUp === "function") {
      cleanUpAtEnd(signal, cleanUp as () => unknown, generation.work);
    }
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

/** In the place of a result: the generation has been replaced. */
const REPLACED = Symbol("replaced");

function hasHooks(definition: Definition): boolean {
  return typeof definition.initialize === "function" || typeof definition.render === "function";
}

async function callHook(
  definition: Definition,
  name: "initialize" | "render",
  props: Record<string, unknown>,
): Promise<unknown> {
  const hook = definition[name] as Hook | undefined;
  return typeof hook === "function" ? Reflect.apply(hook, definition, [props]) : undefined;
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

/** Settles when nothing is left of some work, to which there may come more. */
async function settled(work: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (work.size > 0) await Promise.allSettled(work);
}

/** Runs a hook's clean-up when its scope ends, or now when it has ended meanwhile. */
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
