/** Widget models and views on a page: makes them from comms, waits for what opens later, shows what failed. */
import {
  type DOMWidgetModel,
  type IClassicComm,
  type IModelOptions,
  put_buffers,
  uuid,
  type WidgetModel,
  type WidgetView,
} from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import DOMPurify from "dompurify";
import type { ShinyComm } from "../comm/comm.js";
import {
  ModuleLoadError,
  messageOf,
  type OnError,
  ProtocolVersionError,
  WidgetError,
} from "../comm/errors.js";
import { type CommMsgMessage, type CommOpenMessage, PROTOCOL_MAJOR } from "../comm/messages.js";
import { FailedWidgetModel, FailedWidgetView } from "./error-view.js";
import type { ModuleRegistry } from "./module-registry.js";

export interface WidgetManagerOptions {
  modules: ModuleRegistry;
  onError: OnError;
  /** How long a model that others name may take to be opened, in ms. */
  modelWaitMs?: number;
}

/** How long a layout or a style may take to be opened after what has it, in ms. */
const STYLE_WAIT_MS = 1_500;

/** What a model is made from, beside what Jupyter's own managers take. */
interface ModelOptions extends IModelOptions {
  /** Settled before the model's class is loaded: its dependencies are on the page then. */
  ready?: Promise<unknown> | undefined;
  /** The widget is known not to work. */
  failure?: Error | undefined;
}

/** HTML that a description may have, as in JupyterLab. */
const INLINE_HTML = {
  ALLOWED_TAGS: ["a", "abbr", "b", "code", "em", "i", "img", "li", "ol", "span", "strong", "ul"],
  ALLOWED_ATTR: ["class", "style", "title", "href", "src"],
};

export class ShinyWidgetManager extends ManagerBase {
  readonly modules: ModuleRegistry;
  readonly #onError: OnError;
  readonly #modelWaitMs: number;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #awaited = new Map<string, Promise<WidgetModel>>();
  readonly #reported = new WeakSet<object>();
  readonly #viewsUnderWay = new Set<Promise<unknown>>();

  constructor({ modules, onError, modelWaitMs = 10_000 }: WidgetManagerOptions) {
    super();
    this.modules = modules;
    this.#onError = onError;
    this.#modelWaitMs = modelWaitMs;
  }

  /**
   * Makes the model of a comm that the server opened.
   *
   * The model is known by its id before anything is awaited, so that whoever names it waits for it.
   *
   * @param ready settled when the dependencies that came with the open are on the page
   */
  open(comm: ShinyComm, message: CommOpenMessage, ready?: Promise<unknown>): Promise<WidgetModel> {
    const { comm_id, data } = message.content;
    const state = isRecord(data.state) ? data.state : {};
    put_buffers(state as never, (data.buffer_paths ?? []) as never, message.buffers);
    return this.new_model(
      {
        model_name: String(state._model_name),
        model_module: String(state._model_module),
        model_module_version: String(state._model_module_version),
        model_id: comm_id,
        comm,
        ready,
        failure: protocolFailure(message),
      } satisfies ModelOptions as never,
      state as never,
    );
  }

  /**
   * Notes that a view, or an output with views in it, is being made until `done` settles.
   *
   * What the server sends after an output's value is meant for the views in that output. Custom
   * messages leave no trace in the model, so one that nobody listens for waits for those views.
   */
  expectViews(done: Promise<unknown>): void {
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    this.#viewsUnderWay.add(settled);
    void settled.then(() => this.#viewsUnderWay.delete(settled));
  }

  #deliver(model: WidgetModel, message: CommMsgMessage): unknown {
    const handle = () => model._handle_comm_msg(message as never);
    if (message.content.data.method !== "custom" || !this.#mustWait(model)) return handle();
    return this.#heard(model).then(handle);
  }

  #mustWait(model: WidgetModel): boolean {
    return this.#viewsUnderWay.size > 0 && !listens(model);
  }

  async #heard(model: WidgetModel): Promise<void> {
    while (this.#mustWait(model)) await Promise.race(this.#viewsUnderWay);
  }

  /**
   * The model with this id; one that has not been opened yet is waited for. One that does not come
   * in time is reported, and a model that shows the failure stands in for it: what names it is not
   * lost with it.
   */
  override get_model(model_id: string): Promise<WidgetModel> {
    if (this.has_model(model_id)) return super.get_model(model_id);
    let model = this.#awaited.get(model_id);
    if (!model) {
      model = this.#opened(model_id, this.#modelWaitMs).then((opened) => {
        this.#awaited.delete(model_id);
        return opened ? super.get_model(model_id) : this.#standIn(model_id);
      });
      this.#awaited.set(model_id, model);
    }
    return model;
  }

  /** Settles when the model is opened, or, with `false`, when the time is over. */
  #opened(model_id: string, waitMs: number): Promise<boolean> {
    if (this.has_model(model_id)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(model_id) ?? new Set();
      this.#waiting.set(model_id, waiting);
      const finish = (opened: boolean): void => {
        clearTimeout(timer);
        waiting.delete(onOpen);
        if (waiting.size === 0) this.#waiting.delete(model_id);
        resolve(opened);
      };
      const onOpen = (): void => finish(true);
      const timer = setTimeout(() => finish(false), waitMs);
      waiting.add(onOpen);
    });
  }

  #standIn(model_id: string): WidgetModel {
    const seconds = this.#modelWaitMs / 1000;
    const failure = new WidgetError(
      `The server names the model ${model_id}, but did not open it within ${seconds} s.`,
      { comm_id: model_id },
    );
    this.#onError(failure);
    const model = new FailedWidgetModel({} as never, { widget_manager: this, model_id } as never);
    model.failure = failure;
    return model;
  }

  /**
   * Leaves out a layout or style that is not opened soon. An app that keeps one at its top level,
   * for all its sessions, opens it in the first alone; the others do well enough without.
   */
  async #withoutStrangers(state: Record<string, unknown>): Promise<Record<string, unknown>> {
    const kept = { ...state };
    await Promise.all(
      ["layout", "style"].map(async (key) => {
        const id = modelIdIn(state[key]);
        if (id === undefined) return;
        if (await this.#opened(id, Math.min(STYLE_WAIT_MS, this.#modelWaitMs))) return;
        delete kept[key];
        console.warn(
          `[shiny-comm] The ${key} ${id} belongs to another session; a widget is shown without it. ` +
            "Make layouts and styles inside the server function.",
        );
      }),
    );
    return kept;
  }

  override register_model(model_id: string, model: Promise<WidgetModel>): void {
    super.register_model(model_id, model);
    for (const onOpen of [...(this.#waiting.get(model_id) ?? [])]) onOpen();
  }

  /** Makes a model. Never rejects: what fails becomes a model that shows the failure. */
  override async _make_model(
    options: ModelOptions,
    state: Record<string, unknown> = {},
  ): Promise<WidgetModel> {
    const { model_name, model_module, model_module_version, model_id = "", comm } = options;
    const modelOptions = { widget_manager: this, model_id, comm };
    let model: WidgetModel;
    try {
      if (options.failure) throw options.failure;
      await options.ready;
      const Model = await this.loadClass(model_name, model_module, model_module_version);
      const own = await this.#withoutStrangers(state);
      const attributes = await Model._deserialize_state(own as never, this);
      model = new Model(attributes, modelOptions);
    } catch (cause) {
      const failed = new FailedWidgetModel({} as never, modelOptions as never);
      failed.failure = this.#failure(`cannot make ${model_name}`, model_id, cause);
      model = failed;
    }
    model.name = model_name;
    model.module = model_module;
    const made = model;
    comm?.on_msg((message: unknown) => this.#deliver(made, message as CommMsgMessage));
    return model;
  }

  /** Makes a view and renders it. Never rejects: what fails becomes a view that shows the failure. */
  override create_view<VT extends WidgetView = WidgetView>(
    model: WidgetModel,
    options: unknown = {},
  ): Promise<VT> {
    const id = uuid();
    let listening = (): void => undefined;
    this.expectViews(
      new Promise<void>((resolve) => {
        listening = resolve;
      }),
    );
    const view = model.state_change
      .then(() => this.#makeView(model, id, options, listening))
      .finally(listening);
    // Updates that come while the view is being rendered are for afterwards.
    model.state_change = view;
    if (model.views) model.views[id] = view;
    return view as unknown as Promise<VT>;
  }

  async #makeView(
    model: WidgetModel,
    id: string,
    options: unknown,
    listening: () => void,
  ): Promise<WidgetView> {
    const viewOptions = { model, options: this.setViewOptions(options as never) };
    let view: WidgetView;
    try {
      if (model instanceof FailedWidgetModel) {
        view = new FailedWidgetView(viewOptions);
      } else {
        const View = await this.loadClass(
          model.get("_view_name"),
          model.get("_view_module"),
          model.get("_view_module_version"),
        );
        view = new (View as unknown as new (options: unknown) => WidgetView)(viewOptions);
      }
      view.listenTo(model, "destroy", view.remove);
      const rendered = view.render();
      // From here on it hears messages; its `render` may be waiting for one.
      listening();
      await rendered;
    } catch (cause) {
      const failed = new FailedWidgetModel(
        {} as never,
        { widget_manager: this, model_id: "" } as never,
      );
      failed.failure = this.#failure(`cannot show ${model.name}`, model.model_id, cause);
      view = new FailedWidgetView({ model: failed, options: viewOptions.options } as never);
      view.listenTo(model, "destroy", view.remove);
      await view.render();
    }
    view.once("remove", () => {
      if (model.views) delete model.views[id];
    });
    return view;
  }

  /** Loads a model or view class. */
  protected override async loadClass(
    className: string,
    moduleName: string,
    moduleVersion: string,
  ): Promise<typeof WidgetModel> {
    const module = await this.modules.load(moduleName, moduleVersion);
    const found = module[className];
    if (typeof found !== "function") {
      throw new ModuleLoadError(`no class ${className} in ${moduleName}@${moduleVersion}`);
    }
    return found as typeof WidgetModel;
  }

  /** Cleans the HTML of a description that may have some. Mathematics in it is left as it is. */
  override inline_sanitize(source: string): string {
    return DOMPurify.sanitize(source, INLINE_HTML);
  }

  /** Closes and forgets all models, those included that are still being made. */
  async close_all(): Promise<void> {
    const models = Object.values((this as unknown as Models)._models);
    (this as unknown as Models)._models = Object.create(null) as Models["_models"];
    await Promise.all(models.map((model) => model.then((made) => made.close(true))));
  }

  /** The stock server opens all comms itself; a model made in the browser has none. */
  override _create_comm(): Promise<IClassicComm> {
    return Promise.reject(new WidgetError("comms are opened by the server"));
  }

  override _get_comm_info(): Promise<Record<string, never>> {
    return Promise.resolve({});
  }

  /** Wraps what went wrong, and reports it, once however many widgets it strikes. */
  #failure(what: string, comm_id: string, cause: unknown): WidgetError {
    const error = new WidgetError(`${what}: ${messageOf(cause)}`, { comm_id, cause });
    const known = typeof cause === "object" && cause !== null && this.#reported.has(cause);
    if (!known) {
      if (typeof cause === "object" && cause !== null) this.#reported.add(cause);
      this.#onError(error);
    }
    return error;
  }
}

/** Jupyter's manager keeps its models in a private field. */
interface Models {
  _models: Record<string, Promise<DOMWidgetModel>>;
}

/** The id in a reference to a model, as it stands in a state. */
function modelIdIn(value: unknown): string | undefined {
  const prefix = "IPY_MODEL_";
  return typeof value === "string" && value.startsWith(prefix)
    ? value.slice(prefix.length)
    : undefined;
}

/** Whether anything listens for the model's custom messages. */
function listens(model: WidgetModel): boolean {
  const { _events } = model as { _events?: Record<string, unknown[] | undefined> };
  return (_events?.["msg:custom"]?.length ?? 0) > 0 || (_events?.all?.length ?? 0) > 0;
}

function protocolFailure(message: CommOpenMessage): Error | undefined {
  const { comm_id } = message.content;
  const { version } = message.metadata;
  const major = typeof version === "string" ? Number.parseInt(version, 10) : Number.NaN;
  if (major === PROTOCOL_MAJOR) return undefined;
  return new ProtocolVersionError(
    `comm ${comm_id}: widget protocol ${JSON.stringify(version)}, but ${PROTOCOL_MAJOR}.x is spoken here`,
    { comm_id, kind: "comm_open" },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
