/** Widget models and views on a page: makes them from comms, waits for what opens later, shows what failed. */
import {
  type IClassicComm,
  type IModelOptions,
  LayoutModel,
  put_buffers,
  StyleModel,
  uuid,
  type WidgetModel,
  type WidgetView,
} from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import { CommError, isCommError, messageOf, type OnError } from "../../comm/errors.js";
import type { JupyterComm } from "../../comm/jupyter-comm.js";
import { type CommMsgMessage, type CommOpenMessage, PROTOCOL_MAJOR } from "../../comm/messages.js";
import { isThenable } from "../../util/promise.js";
import { shorten } from "../../util/text.js";
import { partWith } from "../modules/controls-parts.js";
import type { ModuleRegistry } from "../modules/module-registry.js";
import { adopt, deserialized, isClosed, isModel, partsOf, TAKEN } from "../patches/upstream.js";
import { releaseQuirks } from "../quirks/index.js";
import { FailedWidgetModel, FailedWidgetView } from "../views/error-view.js";
import { managerWith } from "./manager-with.js";
import { type InboxOptions, ModelInbox, type Unheard } from "./model-inbox.js";
import { Belongings } from "./ownership.js";
import { within } from "./within.js";

export interface WidgetManagerOptions {
  modules: ModuleRegistry;
  onError: OnError;
  /** How long a model that others name may take to be opened, in ms. */
  modelWaitMs?: number;
}

/** So many ids of closed models are remembered. */
const MAX_CLOSED = 1_000;

/** How long a layout or a style may take to be opened after what has it, in ms. */
const STYLE_WAIT_MS = 1_500;

/** Ends a wait for a model. */
type Finish = (opened: boolean) => void;

/** What a model is made from, beside what Jupyter's own managers take. */
export interface ModelOptions extends IModelOptions {
  /** Settled before the model's class is loaded: its dependencies are on the page then. */
  ready?: Promise<unknown> | undefined;
  /** The widget is known not to work. */
  failure?: Error | undefined;
}

/** The time of one Shiny session. What was begun in it is of no interest once it is over. */
interface Session {
  over: boolean;
}

/** A model that is being made. */
export interface Making {
  readonly options: ModelOptions;
  /** In ms since the epoch. */
  readonly since: number;
  /** What it waits for: scripts that came with it, its module, its layout and style, what it is made of. */
  step: "dependencies" | "module" | "style" | "parts";
  /** The models that it is made of. */
  needs: ReadonlySet<string>;
}

/** What a manager has, for an inspector to read. */
export interface WidgetManagerState {
  /** Those included that are being made. */
  readonly models: Readonly<Record<string, Promise<WidgetModel>>>;
  readonly making: ReadonlyMap<string, Readonly<Making>>;
  /** By their ids the models that are not opened yet, and that somebody waits for. */
  readonly waiting: ReadonlyMap<string, unknown>;
  /** By their models the custom messages that wait for a listener. */
  readonly unheard: ReadonlyMap<string, readonly Unheard[]>;
  /** By their models how many messages are not handled yet. */
  readonly pending: ReadonlyMap<string, number>;
}

export class ShinyWidgetManager extends ManagerBase {
  readonly modules: ModuleRegistry;
  readonly #onError: OnError;
  readonly #modelWaitMs: number;
  readonly #waiting = new Map<string, Set<Finish>>();
  /** By their lengths the waits that began last, and until when others may join them, in ms since the epoch. */
  readonly #endings = new Map<number, { group: Set<Finish>; until: number }>();
  readonly #awaited = new Map<string, Promise<WidgetModel>>();
  readonly #reported = new WeakSet<object>();
  readonly #viewsUnderWay = new Set<unknown>();
  readonly #inboxOptions: InboxOptions;
  readonly #inboxes = new WeakMap<WidgetModel, ModelInbox>();
  /** This manager as serializers get it: its `get_model` is {@link get_part}. */
  readonly parts: ShinyWidgetManager;
  #session: Session = { over: false };
  #sanitize: ((source: string) => string) | undefined;
  readonly #making = new Map<string, Making>();
  readonly #belongings = new Belongings();
  /** Of modules that nobody registered, what has been loaded: module, name, class. */
  readonly #classes = new Map<string, Map<string, typeof WidgetModel>>();
  /** Models that were there and are closed, the last ones. */
  readonly #closed = new Set<string>();

  constructor({ modules, onError, modelWaitMs = 10_000 }: WidgetManagerOptions) {
    super();
    this.modules = modules;
    this.#onError = onError;
    this.#modelWaitMs = modelWaitMs;
    this.#inboxOptions = {
      handle: (model, message) => this.#handle(model, message),
      expectsViews: () => this.#viewsUnderWay.size > 0,
      onError,
      waitMs: modelWaitMs,
      unheard: new Map(),
      pending: new Map(),
    };
    this.parts = managerWith(this, { get_model: (model_id: string) => this.get_part(model_id) });
  }

  /**
   * Makes the model of a comm that the server opened.
   *
   * The model is known by its id before anything is awaited, so that whoever names it waits for it.
   *
   * @param ready settled when the dependencies that came with the open are on the page
   */
  open(
    comm: JupyterComm,
    message: CommOpenMessage,
    ready?: Promise<unknown>,
  ): Promise<WidgetModel> {
    const { comm_id, data } = message.content;
    const state = isRecord(data.state) ? data.state : {};
    put_buffers(state as never, (data.buffer_paths ?? []) as never, message.buffers);
    // It is awaited only when the model is made; till then nobody hears that it failed.
    ready?.catch(() => undefined);
    this.#belongings.opened(comm_id, state, (id) => this.has_model(id));
    const options = {
      model_name: nameIn(state._model_name),
      model_module: nameIn(state._model_module),
      model_module_version: nameIn(state._model_module_version),
      model_id: comm_id,
      comm,
      ready,
      failure: protocolFailure(message) ?? namelessness(state),
    } satisfies ModelOptions as unknown as ModelOptions;
    const model = this._make_model(options, state);
    this.register_model(comm_id, model);
    return model;
  }

  /**
   * Notes that a view, or an output with views in it, is being made until `done` settles.
   *
   * What the server sends after an output's value is meant for the views in that output. Custom
   * messages leave no trace in the model, so one that nobody listens for waits for those views.
   */
  expectViews(done: Promise<unknown>): void {
    this.#viewsUnderWay.add(done);
    const end = (): void => void this.#viewsUnderWay.delete(done);
    done.then(end, end);
  }

  #handle(model: WidgetModel, message: CommMsgMessage): Promise<unknown> | undefined {
    checkMethod(message);
    const handle = (): Promise<void> | undefined => {
      const handled = model._handle_comm_msg(message as never);
      return handled === TAKEN ? undefined : handled;
    };
    const { method, state } = message.content.data;
    if (method === "update" && isRecord(state)) this.#belongings.changed(model.model_id, state);
    const hasHtml = isRecord(state) && state.description_allow_html === true;
    return hasHtml ? this.#readySanitizer().then(handle) : handle();
  }

  /**
   * The model with this id; one that has not been opened yet is waited for.
   *
   * @throws {CommError} `WIDGET` (rejects) when the server does not open it in time, has closed it, or it
   *   cannot be made
   */
  override async get_model(model_id: string): Promise<WidgetModel> {
    const model = this.isGone(model_id) ? undefined : await this.#expected(model_id);
    if (!model) throw this.#notOpened(model_id);
    if (model instanceof FailedWidgetModel) throw model.failure;
    return model;
  }

  /**
   * The model that a part of a widget or an output names. In the place of one that does not come in
   * time, or cannot be made, is a model that shows the failure: what names it is not lost with it.
   */
  get_part(model_id: string): Promise<WidgetModel> {
    // A promise more for each of the many thousand that long lists ask for takes time.
    const known = (this as unknown as Models)._models[model_id];
    if (known) return known;
    let model = this.#awaited.get(model_id);
    if (!model) {
      const session = this.#session;
      model = this.#expected(model_id).then((opened) => {
        this.#awaited.delete(model_id);
        return opened ?? this.#standIn(model_id, session);
      });
      this.#awaited.set(model_id, model);
    }
    return model;
  }

  async #expected(model_id: string): Promise<WidgetModel | undefined> {
    if (model_id === "") return undefined;
    const opened = await this.#opened(model_id, this.#modelWaitMs);
    return opened ? super.get_model(model_id) : undefined;
  }

  /** Settles when the model is opened, or, with `false`, when the time is over. */
  #opened(model_id: string, waitMs: number): Promise<boolean> {
    if (this.has_model(model_id)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(model_id) ?? new Set();
      this.#waiting.set(model_id, waiting);
      const group = this.#ending(waitMs);
      const finish = (opened: boolean): void => {
        group.delete(finish);
        waiting.delete(finish);
        if (waiting.size === 0) this.#waiting.delete(model_id);
        resolve(opened);
      };
      group.add(finish);
      waiting.add(finish);
    });
  }

  /**
   * Those whose wait of so many ms ends together, with up to a tenth more: what waits for each layout
   * and style of a long list would otherwise have thousands of timers set and cleared.
   */
  #ending(waitMs: number): Set<Finish> {
    const last = this.#endings.get(waitMs);
    if (last && Date.now() < last.until) return last.group;
    const group = new Set<Finish>();
    const more = waitMs / 10;
    this.#endings.set(waitMs, { group, until: Date.now() + more });
    setTimeout(() => {
      for (const finish of group) finish(false);
    }, waitMs + more);
    return group;
  }

  #standIn(model_id: string, session: Session): WidgetModel {
    const failure = this.#notOpened(model_id);
    if (!session.over) this.#onError(failure);
    const model = new FailedWidgetModel({} as never, { widget_manager: this, model_id } as never);
    model.failure = failure;
    return model;
  }

  #notOpened(model_id: string): CommError {
    const seconds = this.#modelWaitMs / 1000;
    return new CommError(
      "WIDGET",
      model_id === ""
        ? "A widget names a model by the empty id."
        : this.isGone(model_id)
          ? `The model ${model_id} has been closed.`
          : `The server names the model ${model_id}, but did not open it within ${seconds} s.`,
      { comm_id: model_id, advice: STRANGER_ADVICE },
    );
  }

  /** The layout and the style in a state that are not opened yet. */
  #missingStyles(state: Record<string, unknown>): [key: string, model_id: string][] {
    const missing: [string, string][] = [];
    for (const key of ["layout", "style"]) {
      // Some widgets have traits of these names with a value of their own.
      const id = modelIdIn(state[key]);
      if (id !== undefined && !this.has_model(id)) missing.push([key, id]);
    }
    return missing;
  }

  /**
   * Leaves out a layout or style that is not opened soon. An app that keeps one at its top level,
   * for all its sessions, opens it in the first alone; the others do well enough without.
   */
  async #withoutStrangers(
    state: Record<string, unknown>,
    missing: [key: string, model_id: string][],
    session: Session,
  ): Promise<Record<string, unknown>> {
    const waitMs = Math.min(STYLE_WAIT_MS, this.#modelWaitMs);
    const opened = await Promise.all(missing.map(([, id]) => this.#opened(id, waitMs)));
    const strangers = missing.filter((_, index) => !opened[index]);
    if (strangers.length === 0) return state;
    const kept = { ...state };
    for (const [key, id] of strangers) {
      delete kept[key];
      if (session.over) continue;
      console.warn(
        `[shiny-comm] The ${key} ${id} belongs to another session; a widget is shown without it. ` +
          "Make layouts and styles inside the server function.",
      );
    }
    return kept;
  }

  /** Makes a model known by its id, until it is closed. Base listens for the close of its comm alone. */
  override register_model(model_id: string, model: Promise<WidgetModel>): void {
    (this as unknown as Models)._models[model_id] = model;
    void model.then((made) => made.on("destroy", () => this.#gone(model_id, model)));
    for (const finish of [...(this.#waiting.get(model_id) ?? [])]) finish(true);
  }

  /** A model is closed, by the server or by itself: it is forgotten, with what was made for it alone. */
  #gone(model_id: string, model: Promise<WidgetModel>): void {
    const { _models } = this as unknown as Models;
    if (_models[model_id] === model) delete _models[model_id];
    this.#closed.add(model_id);
    const [oldest] = this.#closed;
    if (oldest !== undefined && this.#closed.size > MAX_CLOSED) this.#closed.delete(oldest);
    for (const id of this.#belongings.closed(model_id)) {
      void _models[id]?.then((left: WidgetModel) => {
        if (left instanceof LayoutModel || left instanceof StyleModel) return left.close();
      });
    }
  }

  /** Makes a model. Never rejects: what fails becomes a model that shows the failure. */
  override async _make_model(
    options: ModelOptions,
    state: Record<string, unknown> = {},
  ): Promise<WidgetModel> {
    const { model_name, model_module, model_module_version, model_id = "", comm } = options;
    const modelOptions = { widget_manager: this, model_id, comm };
    const session = this.#session;
    const making: Making = {
      options,
      since: Date.now(),
      step: "dependencies",
      needs: NOTHING,
    };
    this.#making.set(model_id, making);
    let model: WidgetModel;
    try {
      if (options.failure) throw options.failure;
      if (options.ready) await options.ready;
      making.step = "module";
      const Model =
        this.#knownClass(model_name, model_module) ??
        (await this.loadClass(model_name, model_module, model_module_version));
      assertLasts(session);
      making.step = "style";
      const missing = this.#missingStyles(state);
      const own =
        missing.length > 0 ? await this.#withoutStrangers(state, missing, session) : state;
      making.step = "parts";
      const parts = partsOf(Model, own);
      making.needs = this.#assertNoCycle(model_id, parts);
      const attributes = await deserialized(Model, own, parts, this.parts);
      assertLasts(session);
      model = new Model(attributes as never, modelOptions as never);
    } catch (cause) {
      const failed = new FailedWidgetModel({} as never, modelOptions as never);
      const called = nameOf(model_name, model_module, model_module_version);
      failed.failure = this.#failure(
        new CommError("WIDGET", `cannot make ${called}`, {
          comm_id: model_id,
          cause,
          advice: OWN_ADVICE,
        }),
        session.over,
      );
      model = failed;
    } finally {
      this.#making.delete(model_id);
    }
    model.name = model_name;
    model.module = model_module;
    const inbox = new ModelInbox(model, this.#inboxOptions);
    this.#inboxes.set(model, inbox);
    comm?.on_msg((message: unknown) => inbox.receive(message as CommMsgMessage));
    return model;
  }

  /**
   * Models that wait for one another, as the children of their own children, would wait for ever.
   *
   * @param parts the attributes of its state that may name others
   * @returns the models that this one is made of
   * @throws {CommError} `WIDGET` when it is one of them
   */
  #assertNoCycle(model_id: string, parts: Record<string, unknown>): ReadonlySet<string> {
    const needs = new Set<string>();
    addModelIds(parts, needs);
    if (needs.size === 0) return NOTHING;
    const seen = new Set<string>();
    const leadsBack = (id: string): boolean => {
      if (id === model_id) return true;
      if (seen.has(id)) return false;
      seen.add(id);
      return [...(this.#making.get(id)?.needs ?? [])].some(leadsBack);
    };
    if ([...needs].some(leadsBack)) throw new CommError("WIDGET", "it is a part of itself");
    return needs;
  }

  /** Makes a view and renders it. Never rejects: what fails becomes a view that shows the failure. */
  override create_view<VT extends WidgetView = WidgetView>(
    model: WidgetModel,
    options: unknown = {},
  ): Promise<VT> {
    const refused = whyNoView(model, options);
    if (refused) return this.#failedView(refused, options, false) as unknown as Promise<VT>;
    const id = uuid();
    // As `expectViews` does, without promises: there are three views for each control.
    this.#viewsUnderWay.add(id);
    // The view before may wait in its `render` for something that never comes.
    const isFirst = Object.keys(model.views ?? {}).length === 0;
    const before = isFirst ? model.state_change : within(model.state_change, this.#modelWaitMs);
    const view = before.then(
      () => this.#makeView(model, id, options),
      (error: unknown) => {
        this.#viewsUnderWay.delete(id);
        throw error;
      },
    );
    // Updates that come while the view is being rendered are for afterwards.
    model.state_change = view;
    if (model.views) model.views[id] = view;
    return view as unknown as Promise<VT>;
  }

  async #makeView(model: WidgetModel, id: string, options: unknown): Promise<WidgetView> {
    const viewOptions = { model, options: this.setViewOptions(options as never) };
    let view: WidgetView | undefined;
    try {
      if (model instanceof FailedWidgetModel) {
        view = new FailedWidgetView(viewOptions);
      } else {
        const View = await this.loadClass(
          model.get("_view_name"),
          model.get("_view_module"),
          model.get("_view_module_version"),
        );
        if (model.get("description_allow_html") === true) await this.#readySanitizer();
        // What was closed meanwhile is not brought to life any more. A closed layout, style, or layer
        // of a map has no place of its own, and its parent needs its view's methods.
        const gone = isClosed(model) && model.get("_dom_classes") !== undefined;
        view = gone
          ? this.#placeholder(options)
          : new (View as unknown as new (options: unknown) => WidgetView)(viewOptions);
      }
      adopt(view);
      view.listenTo(model, "destroy", view.remove);
      const rendered = view.render() as unknown;
      if (isThenable(rendered)) {
        this.#inboxes.get(model)?.rendering(rendered);
        await rendered;
      }
    } catch (cause) {
      if (view) discard(view);
      const called = nameOf(
        model.get("_view_name"),
        model.get("_view_module"),
        model.get("_view_module_version"),
      );
      view = await this.#failedView(
        new CommError("WIDGET", `cannot show ${called}`, {
          comm_id: model.model_id,
          cause,
          advice: OWN_ADVICE,
        }),
        options,
        isClosed(model),
      );
      view.listenTo(model, "destroy", view.remove);
    }
    this.#viewsUnderWay.delete(id);
    view.once("remove", () => {
      if (model.views) delete model.views[id];
      releaseQuirks(view);
    });
    return view;
  }

  /** A view that shows why there is no other; the reason is reported, unless nobody cares any more. */
  async #failedView(failure: CommError, options: unknown, quiet: boolean): Promise<WidgetView> {
    const view = this.#placeholder(options, this.#failure(failure, quiet));
    view.render();
    return view;
  }

  /** A view of nothing but a failure, if there is one. */
  #placeholder(options: unknown, failure?: Error): WidgetView {
    const model = new FailedWidgetModel(
      {} as never,
      { widget_manager: this, model_id: "" } as never,
    );
    model.failure = failure;
    return new FailedWidgetView({
      model,
      options: this.setViewOptions(options as never),
    } as never);
  }

  /** A class that has been loaded before, from a module in whose place no other has been registered. */
  #knownClass(className: string, moduleName: string): typeof WidgetModel | undefined {
    const known = this.#classes.get(moduleName)?.get(className);
    return known && !this.modules.isRegistered(moduleName) ? known : undefined;
  }

  /** Loads a model or view class. */
  protected override async loadClass(
    className: string,
    moduleName: string,
    moduleVersion: string,
  ): Promise<typeof WidgetModel> {
    const { modules } = this;
    const isRegistered = modules.isRegistered(moduleName);
    const part = isRegistered ? moduleName : partWith(className, moduleName);
    const module = await modules.load(part, moduleVersion);
    const found = module[className];
    // What every object has (`constructor`, `toString`) is no widget.
    const inherited = Object.hasOwn(Object.prototype, className);
    if (inherited || typeof found !== "function") {
      throw new CommError(
        "MODULE_LOAD",
        `no class ${shorten(String(className), 200)} in ${moduleName}@${moduleVersion}`,
        {
          advice:
            "The module is there, but is not the one that the server means: the Python package and " +
            "its front end are of different versions. Install one that brings its own front end, or " +
            "the version that is named here.",
        },
      );
    }
    if (!isRegistered) {
      const classes = this.#classes.get(moduleName) ?? new Map();
      this.#classes.set(moduleName, classes.set(className, found));
    }
    return found as typeof WidgetModel;
  }

  /**
   * Cleans the HTML of a description that may have some. Mathematics in it is left as it is. Who
   * asks before the cleaner has been loaded gets text.
   */
  override inline_sanitize(source: string): string {
    return this.#sanitize ? this.#sanitize(source) : escaped(source);
  }

  /** Loads what cleans the HTML of descriptions, when a model has some. */
  async #readySanitizer(): Promise<void> {
    this.#sanitize ??= (await import("../views/sanitize.js")).sanitizeInline;
  }

  /** Whether a model was there and has been closed, not long ago: nobody need wait for it. */
  isGone(model_id: string): boolean {
    return this.#closed.has(model_id) && !this.has_model(model_id);
  }

  /** What there is and what waits, as it is now; not to be changed. */
  inspect(): WidgetManagerState {
    return {
      models: (this as unknown as Models)._models,
      making: this.#making,
      waiting: this.#waiting,
      unheard: this.#inboxOptions.unheard,
      pending: this.#inboxOptions.pending,
    };
  }

  /** The ids of the models that are there or being made. */
  modelIds(): string[] {
    return Object.keys((this as unknown as Models)._models);
  }

  /**
   * Ends the session: all models are closed and forgotten, those included that are still being
   * made. Nobody waits any longer, and what fails from now on in what had been begun is not said.
   */
  async closeAll(): Promise<void> {
    this.#session.over = true;
    this.#session = { over: false };
    const models = Object.values((this as unknown as Models)._models);
    (this as unknown as Models)._models = Object.create(null) as Models["_models"];
    for (const finish of [...this.#waiting.values()].flatMap((waiting) => [...waiting])) {
      finish(false);
    }
    this.#awaited.clear();
    this.#viewsUnderWay.clear();
    this.#belongings.clear();
    await Promise.all(
      models.map(async (model) => {
        const made = await model;
        if (!isClosed(made)) made._handle_comm_closed(undefined as never);
      }),
    );
  }

  /** The stock server opens all comms itself; a model made in the browser has none. */
  override _create_comm(): Promise<IClassicComm> {
    return Promise.reject(new CommError("WIDGET", "comms are opened by the server"));
  }

  override _get_comm_info(): Promise<Record<string, never>> {
    return Promise.resolve({});
  }

  /** Reports a failure, once for each cause however many widgets it strikes. @returns what to show */
  #failure(failure: CommError, quiet: boolean): Error {
    const { cause, message, comm_id, advice } = failure;
    const error =
      cause === undefined
        ? failure
        : new CommError("WIDGET", `${shorten(message, 400)}: ${messageOf(cause)}`, {
            comm_id,
            cause,
            advice: isCommError(cause) ? cause.advice : advice,
          });
    const known = typeof cause === "object" && cause !== null && this.#reported.has(cause);
    if (!known && !quiet) {
      if (typeof cause === "object" && cause !== null) this.#reported.add(cause);
      // It says all by itself, and by its class.
      this.#onError(isCommError(cause, "PROTOCOL_VERSION") ? cause : error);
    }
    return error;
  }

  /** Reports an error that a widget shows nowhere. */
  report(error: Error): void {
    this.#onError(error);
  }

  /** Reports what a widget's own front-end module did wrong. @returns what to show in its place */
  reportFailure(failure: CommError): Error {
    return this.#failure(failure, false);
  }
}

const NOTHING: ReadonlySet<string> = new Set();

const OWN_ADVICE =
  "The error is the widget's own: see the browser's console for where it arose, and try another " +
  "version of the Python package that brings this widget.";

const STRANGER_ADVICE =
  "A widget belongs to the session in which it was made, and only until it is closed: make it inside " +
  "the server function, in the same place as what it is a part of.";

const VERSION_ADVICE =
  "Install ipywidgets 8 on the server (it speaks version 2 of the protocol), or a newer shiny-comm.";

/** A class with its module and version, for people. */
function nameOf(name: unknown, module: unknown, version: unknown): string {
  return name ? shorten(`${String(name)} (${String(module)}@${String(version)})`, 300) : "a widget";
}

/** Takes off a view that was left half drawn. */
function discard(view: WidgetView): void {
  try {
    view.remove();
  } catch (error) {
    console.warn("[shiny-comm] A view that could not be drawn could not be removed either.", error);
  }
}

/** Jupyter's manager keeps its models in a private field. */
interface Models {
  _models: Record<string, Promise<WidgetModel>>;
}

function escaped(text: string): string {
  const element = document.createElement("div");
  element.textContent = text;
  return element.innerHTML;
}

/** @throws {CommError} `WIDGET` when the session is over, in which something was begun */
function assertLasts(session: Session): void {
  if (session.over) throw new CommError("WIDGET", "the session is over");
}

/** The id in a reference to a model, as it stands in a state. */
function modelIdIn(value: unknown): string | undefined {
  const prefix = "IPY_MODEL_";
  return typeof value === "string" && value.startsWith(prefix)
    ? value.slice(prefix.length)
    : undefined;
}

/** Adds the ids of all models that a value refers to. */
function addModelIds(value: unknown, ids: Set<string>): void {
  const id = modelIdIn(value);
  if (id !== undefined) ids.add(id);
  // Buffers and the like have no references in them.
  else if (Array.isArray(value) || isPlainObject(value)) {
    for (const item of Object.values(value)) addModelIds(item, ids);
  }
}

/** Why there can be no view of what a widget names as its part, if there cannot. */
function whyNoView(model: unknown, options: unknown): CommError | undefined {
  const parent = (options as { parent?: WidgetView } | undefined)?.parent;
  const comm_id = parent?.model.model_id;
  if (!isModel(model)) {
    const whole = parent?.model.name ?? "an output";
    return new CommError("WIDGET", `${whole} has ${described(model)} in the place of a widget`, {
      comm_id,
    });
  }
  for (
    let view = parent;
    view;
    view = (view.options as { parent?: WidgetView } | undefined)?.parent
  ) {
    if (view.model === model) {
      return new CommError(
        "WIDGET",
        `${model.name} is a part of itself, and cannot be shown in it`,
        {
          comm_id: model.model_id,
        },
      );
    }
  }
  return undefined;
}

/** A value in a few words. */
function described(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return shorten(typeof value === "string" ? JSON.stringify(value) : String(value), 100);
}

/** The name of a class or module, as it stands in a state. */
function nameIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A state that does not say what it is the state of. */
function namelessness(state: Record<string, unknown>): Error | undefined {
  const missing = ["_model_name", "_model_module", "_model_module_version"].filter(
    (key) => nameIn(state[key]) === "",
  );
  return missing.length > 0
    ? new CommError("WIDGET", `its state has no ${missing.join(", no ")}`)
    : undefined;
}

/** @throws {CommError} `DECODE` when a message is not one that models understand */
function checkMethod({ content, msg_type }: CommMsgMessage): void {
  const { comm_id, data } = content;
  const fail = (what: string) =>
    new CommError("DECODE", `cannot decode ${msg_type} for comm ${comm_id}: ${what}`, {
      comm_id,
      kind: msg_type,
    });
  switch (data.method) {
    case "update":
    case "echo_update":
      if (!isRecord(data.state)) throw fail("content.data.state is not an object");
      return;
    case "custom":
      return;
    default:
      throw fail(`the method ${described(data.method)} is none of update, echo_update, custom`);
  }
}

function protocolFailure(message: CommOpenMessage): Error | undefined {
  const { comm_id } = message.content;
  const { version } = message.metadata;
  if (typeof version === "string" && version.split(".", 1)[0] === `${PROTOCOL_MAJOR}`)
    return undefined;
  return new CommError(
    "PROTOCOL_VERSION",
    `comm ${comm_id}: widget protocol ${described(version)}, but ${PROTOCOL_MAJOR}.x is spoken here`,
    { comm_id, kind: "comm_open", advice: VERSION_ADVICE },
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
