/** Widget models and views on a page: makes them from comms, and waits for models that open later. */
import {
  type IClassicComm,
  LayoutModel,
  StyleModel,
  type WidgetModel,
  type WidgetView,
} from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import type { Comm, OpenOptions } from "../../comm/comm.js";
import { CommError, type OnError } from "../../comm/errors.js";
import { type JupyterComm, jupyterComm } from "../../comm/jupyter-comm.js";
import type { CommMsgMessage, CommOpenMessage } from "../../comm/messages.js";
import { isObject } from "../../util/object.js";
import type { ModuleRegistry } from "../modules/module-registry.js";
import { isClosed, managerInternals, modelInternals, putBuffers } from "../patches/internals.js";
import { createFailedModel, FailedWidgetModel } from "../views/error-view.js";
import { ClassLoader } from "./class-loader.js";
import { ClosedModels } from "./closed-models.js";
import { FailureReporter } from "./failure-reporter.js";
import { managerWith } from "./manager-with.js";
import { MessageHandler } from "./message-handler.js";
import { ModelFactory, type ModelOptions, type PendingModel } from "./model-factory.js";
import { type InboxOptions, ModelInbox, type UnclaimedMessage } from "./model-inbox.js";
import { ModelWaiter } from "./model-waiter.js";
import { ModelOwnership } from "./ownership.js";
import { PendingViews } from "./pending-views.js";
import { DescriptionSanitizer } from "./sanitizer.js";
import { nameIn, openError, type ViewOptions } from "./validate.js";
import { ViewFactory } from "./view-factory.js";

export interface WidgetManagerOptions {
  modules: ModuleRegistry;
  onError: OnError;
  /** Opens a comm from the browser. */
  openComm: (target_name: string, options: OpenOptions) => Promise<Comm>;
  /** How long to wait for a model that others refer to, in ms. */
  modelWaitMs?: number;
}

/** The state of a manager, for an inspector to read. */
export interface WidgetManagerState {
  /** All models, also models that are being made. */
  readonly models: Readonly<Record<string, Promise<WidgetModel>>>;
  /** The models that are being made, by id. */
  readonly pendingModels: ReadonlyMap<string, Readonly<PendingModel>>;
  /** The models that are awaited and not opened, by id. */
  readonly waiting: ReadonlyMap<string, unknown>;
  /** The custom messages that wait for a listener, by model. */
  readonly unclaimed: ReadonlyMap<string, readonly UnclaimedMessage[]>;
  /** The number of messages that are not handled yet, by model. */
  readonly pending: ReadonlyMap<string, number>;
}

const REFERENCE_ADVICE =
  "The child widget was created in another session or is closed. Create it in the server function, " +
  "next to its parent.";

export class ShinyWidgetManager extends ManagerBase {
  readonly modules: ModuleRegistry;
  readonly failures: FailureReporter;
  /** The views that are being made. */
  readonly pendingViews = new PendingViews();
  /** This manager for serializers: its `get_model` is {@link get_part}. */
  readonly parts: ShinyWidgetManager;
  readonly #openComm: WidgetManagerOptions["openComm"];
  readonly #modelWaitMs: number;
  readonly #sanitizer = new DescriptionSanitizer();
  readonly #ownership = new ModelOwnership();
  readonly #closed = new ClosedModels();
  readonly #waiter = new ModelWaiter(
    (id) => this.has_model(id),
    (id) => this.isGone(id),
  );
  /** The results of `get_part` for models that are not open yet. */
  readonly #awaited = new Map<string, Promise<WidgetModel>>();
  readonly #classes: ClassLoader;
  readonly #models: ModelFactory;
  readonly #views: ViewFactory;
  readonly #inboxOptions: InboxOptions;
  #session = new AbortController();

  constructor({ modules, onError, openComm, modelWaitMs = 10_000 }: WidgetManagerOptions) {
    super();
    this.modules = modules;
    this.#openComm = openComm;
    this.failures = new FailureReporter(onError);
    this.parts = managerWith(this, { get_model: (model_id: string) => this.get_part(model_id) });
    this.#modelWaitMs = modelWaitMs;
    this.#classes = new ClassLoader(modules);
    const shared = {
      manager: this,
      parts: this.parts,
      classes: this.#classes,
      failures: this.failures,
      pendingViews: this.pendingViews,
      sanitizer: this.#sanitizer,
      waiter: this.#waiter,
      handler: new MessageHandler(this.#ownership, this.#sanitizer),
      waitMs: modelWaitMs,
    };
    this.#models = new ModelFactory(shared);
    this.#views = new ViewFactory(shared);
    this.#inboxOptions = { ...shared, unclaimed: new Map(), pending: new Map() };
  }

  get #byId(): Record<string, Promise<WidgetModel>> {
    return managerInternals(this)._models;
  }

  /**
   * Makes the model of a comm that the server opened. The model is known by its id immediately, so that
   * others can wait for it.
   *
   * @param ready settles when the HTML dependencies of the open are on the page
   */
  open(
    comm: JupyterComm,
    message: CommOpenMessage,
    ready?: Promise<unknown>,
  ): Promise<WidgetModel> {
    const { comm_id, data } = message.content;
    const state = isObject(data.state) ? data.state : {};
    putBuffers(state, data, message.buffers);
    // The factory awaits it later.
    ready?.catch(() => undefined);
    this.#ownership.opened(comm_id, state, (id) => this.has_model(id));
    const options = {
      model_name: nameIn(state._model_name),
      model_module: nameIn(state._model_module),
      model_module_version: nameIn(state._model_module_version),
      model_id: comm_id,
      comm,
      ready,
      failure: openError(message, state),
    };
    const model = this._make_model(options, state);
    this.register_model(comm_id, model);
    return model;
  }

  /** Makes a model. Never rejects: the model of a failure shows it. */
  override async _make_model(
    options: ModelOptions,
    state: Record<string, unknown> = {},
  ): Promise<WidgetModel> {
    const model = await this.#models.make(options, state, this.#session.signal);
    const inbox = new ModelInbox(model, this.#inboxOptions);
    options.comm?.on_msg((message: CommMsgMessage) => inbox.receive(message));
    return model;
  }

  /** Makes a model known by its id until it is closed. Base notices only the close of its comm. */
  override register_model(model_id: string, model: Promise<WidgetModel>): void {
    this.#byId[model_id] = model;
    void model.then((made) => made.on("destroy", () => this.#forget(model_id, model)));
    this.#waiter.noteOpened(model_id);
  }

  /** Forgets a closed model, and closes the layouts and styles that it owns. */
  #forget(model_id: string, model: Promise<WidgetModel>): void {
    const models = this.#byId;
    if (models[model_id] === model) delete models[model_id];
    this.#closed.add(model_id);
    for (const id of this.#ownership.closed(model_id)) {
      void models[id]?.then((owned) => {
        if (owned instanceof LayoutModel || owned instanceof StyleModel) return owned.close();
      });
    }
  }

  /**
   * Returns a model, and waits for one that is not opened yet.
   *
   * @throws {CommError} `WIDGET` (rejects) when the server does not open it in time or has closed it, or when
   *   it cannot be made
   */
  override async get_model(model_id: string): Promise<WidgetModel> {
    const model = await this.#expected(model_id);
    if (!model) throw this.#notOpened(model_id);
    if (model instanceof FailedWidgetModel) throw model.failure;
    return model;
  }

  /** As {@link get_model} for a child or an output, but never rejects: the model of a failure shows it. */
  get_part(model_id: string): Promise<WidgetModel> {
    // Long lists ask for thousands of models: another promise for each would take time.
    const known = this.#byId[model_id] ?? this.#awaited.get(model_id);
    if (known) return known;
    const { signal } = this.#session;
    const model = this.#expected(model_id).then((opened) => {
      this.#awaited.delete(model_id);
      if (opened) return opened;
      const failure = this.#notOpened(model_id);
      if (!signal.aborted) this.failures.report(failure);
      return createFailedModel(this, failure, { model_id });
    });
    this.#awaited.set(model_id, model);
    return model;
  }

  async #expected(model_id: string): Promise<WidgetModel | undefined> {
    if (model_id === "") return undefined;
    const isOpen = await this.#waiter.opened(model_id, this.#modelWaitMs);
    return isOpen ? super.get_model(model_id) : undefined;
  }

  #notOpened(model_id: string): CommError {
    const seconds = this.#modelWaitMs / 1000;
    return new CommError(
      "WIDGET",
      model_id === ""
        ? "A widget refers to a model with an empty id."
        : this.isGone(model_id)
          ? `The model ${model_id} has been closed.`
          : `The server did not open the model ${model_id} within ${seconds} s.`,
      { comm_id: model_id, advice: REFERENCE_ADVICE },
    );
  }

  /** Makes a view and renders it. Never rejects: the view of a failure shows it. */
  override create_view<VT extends WidgetView = WidgetView>(
    model: WidgetModel,
    options: ViewOptions = {},
  ): Promise<VT> {
    return this.#views.create(model, options) as Promise<VT>;
  }

  /** Loads a class of a model or a view. */
  protected override async loadClass(
    className: string,
    moduleName: string,
    moduleVersion: string,
  ): Promise<typeof WidgetModel> {
    return this.#classes.load(className, moduleName, moduleVersion);
  }

  override inline_sanitize(source: string): string {
    return this.#sanitizer.sanitize(source);
  }

  /** Returns whether a model was closed recently: no one needs to wait for it. */
  isGone(model_id: string): boolean {
    return this.#closed.has(model_id) && !this.has_model(model_id);
  }

  /** Returns the present state, which callers must not change. */
  inspect(): WidgetManagerState {
    const { unclaimed, pending } = this.#inboxOptions;
    return {
      models: this.#byId,
      pendingModels: this.#models.pending,
      waiting: this.#waiter.waiting,
      unclaimed,
      pending,
    };
  }

  /** Returns the ids of all models, also of models that are being made. */
  modelIds(): string[] {
    return Object.keys(this.#byId);
  }

  /** Ends the session: closes and forgets all models. Later failures of pending models are not reported. */
  async closeAll(): Promise<void> {
    this.#session.abort();
    this.#session = new AbortController();
    const models = Object.values(this.#byId);
    managerInternals(this)._models = Object.create(null);
    this.#waiter.endAll();
    this.#awaited.clear();
    this.pendingViews.clear();
    this.#ownership.clear();
    await Promise.all(
      models.map(async (model) => {
        const made = await model;
        if (!isClosed(made)) modelInternals(made)._handle_comm_closed();
      }),
    );
  }

  /**
   * Opens the comm of a model that JavaScript creates, like in pythreejs.
   *
   * @throws {CommError} `OPEN_NOT_SUPPORTED` (rejects) when the server does not support it
   */
  override async _create_comm(
    target_name: string,
    comm_id?: string,
    data?: unknown,
    metadata?: unknown,
    buffers?: ArrayBuffer[] | ArrayBufferView[],
  ): Promise<IClassicComm> {
    const open = { comm_id, data: data ?? {}, metadata: metadata ?? {}, buffers };
    return jupyterComm(await this.#openComm(target_name, open));
  }

  override _get_comm_info(): Promise<Record<string, never>> {
    return Promise.resolve({});
  }
}

/** Returns a model's manager, with the members that upstream's interface does not have. */
export function managerOf(model: WidgetModel): ShinyWidgetManager {
  return model.widget_manager as ShinyWidgetManager;
}
