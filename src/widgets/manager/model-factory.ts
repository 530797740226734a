/** Makes models from the states that the server sends. */
import type { IModelOptions, WidgetModel } from "@jupyter-widgets/base";
import type { ManagerBase } from "@jupyter-widgets/base-manager";
import { CommError } from "../../comm/errors.js";
import { deserializeAttributes, serializedAttributes } from "../patches/base/deserialization.js";
import { createFailedModel } from "../views/error-view.js";
import { type ClassLoader, classLabel } from "./class-loader.js";
import type { FailureReporter } from "./failure-reporter.js";
import type { ModelWaiter } from "./model-waiter.js";
import { modelIdIn, modelIdsIn } from "./references.js";

/** How long a model waits for its layout and its style to be opened, in ms. */
const STYLE_WAIT_MS = 1_500;

const NO_DEPENDENCIES: ReadonlySet<string> = new Set();

/** Advice for errors in the code of a widget package. */
export const PACKAGE_ADVICE =
  "The code of the widget threw this error. See the browser's console for the stack, and try another " +
  "version of the widget's package.";

/** The options of Jupyter's managers, and more. */
export interface ModelOptions extends IModelOptions {
  /** Settles when the HTML dependencies of the open are on the page; the model's class loads then. */
  ready?: Promise<unknown> | undefined;
  /** The reason why this widget cannot work. */
  failure?: Error | undefined;
}

/** A model that is being made. */
export interface PendingModel {
  readonly options: ModelOptions;
  /** In ms since the epoch. */
  readonly since: number;
  /** The reason for the wait: HTML dependencies, the module, layout and style, or other models. */
  stage: "html" | "module" | "style" | "models";
  /** The ids of the models that it refers to. */
  dependencies: ReadonlySet<string>;
  /** The attributes that refer to models. */
  references: Readonly<Record<string, unknown>>;
  /** Makes the model without some attributes, which follow as an update when their models exist. */
  defer: ((keys: readonly string[]) => void) | undefined;
}

interface ModelFactoryOptions {
  readonly manager: ManagerBase;
  /** The manager for serializers. */
  readonly parts: ManagerBase;
  readonly classes: ClassLoader;
  readonly failures: FailureReporter;
  readonly waiter: ModelWaiter;
  /** How long a model waits for others, in ms. */
  readonly waitMs: number;
}

export class ModelFactory {
  readonly #options: ModelFactoryOptions;
  /** The models that are being made, by id. */
  readonly pending = new Map<string, PendingModel>();

  constructor(options: ModelFactoryOptions) {
    this.#options = options;
  }

  /** Makes a model. Never rejects: the model of a failure shows it. @param session aborted at its end */
  async make(
    options: ModelOptions,
    state: Record<string, unknown>,
    session: AbortSignal,
  ): Promise<WidgetModel> {
    const { model_name, model_module, model_id = "", comm } = options;
    const { manager, failures } = this.#options;
    const pending: PendingModel = {
      options,
      since: Date.now(),
      stage: "html",
      dependencies: NO_DEPENDENCIES,
      references: {},
      defer: undefined,
    };
    this.pending.set(model_id, pending);
    let model: WidgetModel;
    try {
      model = await this.#make(pending, state, session);
    } catch (cause) {
      const failure = failureOf(pending, cause);
      const shown = session.aborted ? failures.describe(failure) : failures.reportOnce(failure);
      model = createFailedModel(manager, shown, { model_id, comm });
    } finally {
      this.pending.delete(model_id);
    }
    model.name = model_name;
    model.module = model_module;
    return model;
  }

  async #make(
    pending: PendingModel,
    state: Record<string, unknown>,
    session: AbortSignal,
  ): Promise<WidgetModel> {
    const { model_name, model_module, model_module_version, ...options } = pending.options;
    const { model_id = "", comm, ready, failure } = options;
    const { manager, parts, classes } = this.#options;
    if (failure) throw failure;
    if (ready) await ready;
    pending.stage = "module";
    const Model: typeof WidgetModel =
      classes.known(model_name, model_module) ??
      (await classes.load(model_name, model_module, model_module_version));
    assertSessionOpen(session);
    pending.stage = "style";
    const missing = this.#missingStyles(state);
    const kept =
      missing.length > 0 ? await this.#dropForeignStyles(state, missing, session) : state;
    pending.stage = "models";
    const serialized = serializedAttributes(Model, kept);
    const dependencies = modelIdsIn(serialized);
    const deferred = new Set<string>();
    const isDeferred = dependencies.size > 0 ? this.#makeDeferrable(pending, deferred) : undefined;
    if (dependencies.size > 0) {
      pending.dependencies = dependencies;
      pending.references = serialized;
      this.#breakCycles(pending);
    }
    const whole = deserializeAttributes(Model, kept, serialized, parts);
    if (isDeferred) await Promise.race([whole, isDeferred]);
    pending.defer = undefined;
    const attributes =
      deferred.size === 0
        ? await whole
        : await deserializeAttributes(
            Model,
            omit(kept, deferred),
            omit(serialized, deferred),
            parts,
          );
    assertSessionOpen(session);
    const model = new Model(attributes, { widget_manager: manager, model_id, comm });
    if (deferred.size > 0) this.#setLater(model, pending, whole, deferred);
    return model;
  }

  /** Lets a model be made before the models in some of its attributes. @returns settles when it shall */
  #makeDeferrable(pending: PendingModel, deferred: Set<string>): Promise<void> {
    return new Promise((resolve) => {
      pending.defer = (keys) => {
        for (const key of keys) deferred.add(key);
        pending.dependencies = modelIdsIn(omit(pending.references, deferred));
        resolve();
      };
    });
  }

  /** Sets attributes of a model when the models in them exist, like an update of the server. */
  #setLater(
    model: WidgetModel,
    pending: PendingModel,
    whole: Promise<Record<string, unknown>> | Record<string, unknown>,
    deferred: ReadonlySet<string>,
  ): void {
    const before = new Map(Array.from(deferred, (key) => [key, model.get(key)]));
    Promise.resolve(whole).then(
      (attributes) => {
        // A later update of the server precedes.
        const unchanged = [...deferred].filter((key) => model.get(key) === before.get(key));
        model.set_state(Object.fromEntries(unchanged.map((key) => [key, attributes[key]])));
      },
      (cause: unknown) => this.#options.failures.reportOnce(failureOf(pending, cause)),
    );
  }

  /** Returns the layout and the style of a state, as far as these are not open. */
  #missingStyles(state: Record<string, unknown>): [key: string, model_id: string][] {
    const missing: [string, string][] = [];
    for (const key of ["layout", "style"]) {
      // Some widgets have traits of these names with other values.
      const id = modelIdIn(state[key]);
      if (id !== undefined && !this.#options.manager.has_model(id)) missing.push([key, id]);
    }
    return missing;
  }

  /**
   * Omits a layout or style that is closed or not opened soon. An app that makes one at its top level, for all
   * sessions, opens it in the first session only; widgets work without it.
   */
  async #dropForeignStyles(
    state: Record<string, unknown>,
    missing: [key: string, model_id: string][],
    session: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const { waiter, waitMs } = this.#options;
    const timeoutMs = Math.min(STYLE_WAIT_MS, waitMs);
    const opened = await Promise.all(missing.map(([, id]) => waiter.opened(id, timeoutMs)));
    const foreign = missing.filter((_, index) => !opened[index]);
    if (foreign.length === 0) return state;
    const kept = { ...state };
    for (const [key, id] of foreign) {
      delete kept[key];
      if (session.aborted || waiter.isGone(id)) continue;
      console.warn(
        `[shiny-comm] The ${key} ${id} belongs to another session; a widget is shown without it. ` +
          "Make layouts and styles inside the server function.",
      );
    }
    return kept;
  }

  /**
   * Models that depend on one another would wait forever.
   *
   * In Jupyter, the state of an open refers to older widgets only, and an update adds the others. Shiny's
   * server reads the state later. An ipyevents `Event` is among the children of its source in ipyannotations:
   * the source is made first, without children.
   *
   * @throws {CommError} `WIDGET` for boxes that contain themselves
   */
  #breakCycles(pending: PendingModel): void {
    const { model_id = "" } = pending.options;
    for (;;) {
      const cycle = this.#findCycle(model_id, pending);
      if (!cycle) return;
      const steps = cycle.map((step, index) => {
        const next = cycle[(index + 1) % cycle.length]?.options.model_id ?? "";
        const keys = Object.keys(step.references).filter((key) =>
          modelIdsIn(step.references[key]).has(next),
        );
        return { step, keys, isList: keys.every((key) => Array.isArray(step.references[key])) };
      });
      const list = steps.find(({ isList, step }) => isList && step.defer);
      if (!list || steps.every(({ isList }) => isList)) {
        throw new CommError("WIDGET", "it contains itself");
      }
      list.step.defer?.(list.keys);
    }
  }

  /** Returns the models of a cycle, each of which refers to the next, and the last to the first. */
  #findCycle(model_id: string, pending: PendingModel): PendingModel[] | undefined {
    const seen = new Set<string>();
    const pathBack = (from: PendingModel): PendingModel[] | undefined => {
      for (const id of from.dependencies) {
        if (id === model_id) return [from];
        const next = seen.has(id) ? undefined : this.pending.get(id);
        seen.add(id);
        const path = next && pathBack(next);
        if (path) return [from, ...path];
      }
      return undefined;
    };
    return pathBack(pending);
  }
}

function failureOf({ options }: PendingModel, cause: unknown): CommError {
  const { model_name, model_module, model_module_version, model_id = "" } = options;
  const label = classLabel(model_name, model_module, model_module_version);
  return new CommError("WIDGET", `cannot make ${label}`, {
    comm_id: model_id,
    cause,
    advice: PACKAGE_ADVICE,
  });
}

/** Returns a copy without some keys. */
function omit(
  values: Readonly<Record<string, unknown>>,
  keys: ReadonlySet<string>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.has(key)));
}

/** @throws {CommError} `WIDGET` when the session has ended */
function assertSessionOpen(session: AbortSignal): void {
  if (session.aborted) throw new CommError("WIDGET", "the session is over");
}
