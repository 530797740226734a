/** The current comms and models of a page, read without side effects. */
import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { OUTPUT_SELECTOR } from "../util/page-names.js";
import type { Inspected } from "../widgets/inspected.js";
import type { Settled } from "./settled.js";

/** The state of a comm's model. */
type ModelStatus = "made" | "being made" | "failed" | "none";

/** A comm with its model, or a model without a comm. */
export interface CommSnapshot {
  readonly comm_id: string;
  /** The name of the target; `""` for a model without a comm. */
  readonly target: string;
  readonly status: ModelStatus;
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** The names of the values in the model's state. */
  readonly keys: readonly string[];
  readonly views: number;
  /** The ids of the outputs that contain its views, each once. */
  readonly outputs: readonly string[];
  /** The number of messages from the server that wait for the current one. */
  readonly queued: number;
}

/** The members of a model that the inspector reads; some are private to Jupyter's class. */
export interface ReadableModel {
  readonly name?: unknown;
  readonly module?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly views?: Readonly<Record<string, Promise<WidgetView>>> | undefined;
  readonly failure?: unknown;
  readonly _msg_buffer?: Readonly<Record<string, unknown>> | null;
  readonly _pending_msgs?: number;
  readonly _events?: Readonly<Record<string, readonly unknown[] | undefined>>;
}

export class Snapshots {
  readonly #inspected: Inspected;
  readonly #settled: Settled;

  constructor(inspected: Inspected, settled: Settled) {
    this.#inspected = inspected;
    this.#settled = settled;
  }

  /** Returns the ids of the comms and of the models without a comm, in the order of their opening. */
  ids(): string[] {
    const { comms } = this.#inspected.connection.debug.inspect();
    const { models } = this.#inspected.widgets.inspect();
    const others = Object.keys(models).filter((id) => !comms.has(id));
    return [...comms.keys(), ...others];
  }

  /** Returns a comm's model, if it exists. */
  model(comm_id: string): ReadableModel | undefined {
    const { models } = this.#inspected.widgets.inspect();
    const model = models[comm_id];
    return model && (this.#settled.peek<WidgetModel>(model) as unknown as ReadableModel);
  }

  /** Resolves when the state of all models and views is known. */
  async ready(): Promise<void> {
    // The value of a promise is known one turn after the first look: first models, then views.
    for (let turn = 0; turn < 2; turn += 1) {
      for (const id of this.ids()) this.of(id);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  of(comm_id: string): CommSnapshot {
    const entry = this.#inspected.connection.debug.inspect().comms.get(comm_id);
    const { models, pendingModels } = this.#inspected.widgets.inspect();
    const model = this.model(comm_id);
    const options = pendingModels.get(comm_id)?.options;
    const views = this.#views(model);
    return {
      comm_id,
      target: entry?.comm.target_name ?? "",
      status: model ? (failed(model) ? "failed" : "made") : models[comm_id] ? "being made" : "none",
      name: text(model?.name ?? options?.model_name),
      module: text(model?.module ?? options?.model_module),
      version: text(model?.attributes?._model_module_version ?? options?.model_module_version),
      keys: Object.keys(model?.attributes ?? {}),
      views: Object.keys(model?.views ?? {}).length,
      outputs: [...new Set(views.map(outputOf).filter((id) => id !== undefined))],
      queued: entry?.queue.length ?? 0,
    };
  }

  #views(model: ReadableModel | undefined): WidgetView[] {
    return Object.values(model?.views ?? {})
      .map((view) => this.#settled.peek(view))
      .filter((view) => view !== undefined);
  }
}

/** Returns the id of the output that contains a view. */
function outputOf(view: WidgetView): string | undefined {
  const { el } = view as Partial<WidgetView>;
  return el?.closest?.(OUTPUT_SELECTOR)?.id;
}

function failed({ failure }: ReadableModel): boolean {
  return failure !== undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
