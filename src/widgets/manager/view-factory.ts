/** Makes and renders views. */
import { uuid, type WidgetModel, type WidgetView } from "@jupyter-widgets/base";
import type { ManagerBase } from "@jupyter-widgets/base-manager";
import { CommError } from "../../comm/errors.js";
import { isThenable } from "../../util/promise.js";
import { within } from "../../util/within.js";
import { adoptView } from "../patches/base/phosphor-messages.js";
import { isClosed } from "../patches/internals.js";
import { removeLeafletMap } from "../quirks/leaflet.js";
import { createFailedModel, FailedWidgetModel, FailedWidgetView } from "../views/error-view.js";
import { type ClassLoader, classLabel } from "./class-loader.js";
import type { FailureReporter } from "./failure-reporter.js";
import { PACKAGE_ADVICE } from "./model-factory.js";
import { inboxOf } from "./model-inbox.js";
import type { PendingViews } from "./pending-views.js";
import type { DescriptionSanitizer } from "./sanitizer.js";
import { type ViewOptions, viewError } from "./validate.js";

interface ViewFactoryOptions {
  readonly manager: ManagerBase;
  readonly classes: ClassLoader;
  readonly failures: FailureReporter;
  readonly pendingViews: PendingViews;
  readonly sanitizer: DescriptionSanitizer;
  /** How long a view waits for the one before it, in ms. */
  readonly waitMs: number;
}

export class ViewFactory {
  readonly #options: ViewFactoryOptions;

  constructor(options: ViewFactoryOptions) {
    this.#options = options;
  }

  /** Makes a view and renders it. Never rejects: the view of a failure shows it. */
  create(model: WidgetModel, options: ViewOptions): Promise<WidgetView> {
    const { pendingViews, failures, waitMs } = this.#options;
    const failure = viewError(model, options);
    if (failure) return this.#failedView(failures.reportOnce(failure), options);
    const id = uuid();
    // Not `addUntil`, which makes promises: each control has three views.
    pendingViews.add(id);
    // The `render` of the view before may never end.
    const isFirst = Object.keys(model.views ?? {}).length === 0;
    const before = isFirst ? model.state_change : within(model.state_change, waitMs);
    const view = before.then(
      () => this.#make(model, id, options),
      (error: unknown) => {
        pendingViews.delete(id);
        throw error;
      },
    );
    // Updates that arrive while the view is rendered wait for it.
    model.state_change = view;
    if (model.views) model.views[id] = view;
    return view;
  }

  async #make(model: WidgetModel, id: string, options: ViewOptions): Promise<WidgetView> {
    const { pendingViews } = this.#options;
    let view: WidgetView | undefined;
    try {
      view = await this.#instantiate(model, options);
      adoptView(view);
      view.listenTo(model, "destroy", view.remove);
      const rendered: unknown = view.render();
      if (isThenable(rendered)) {
        inboxOf(model)?.rendering(rendered);
        await rendered;
      }
    } catch (cause) {
      if (view) discard(view);
      view = await this.#failedView(this.#failure(model, cause), options);
      view.listenTo(model, "destroy", view.remove);
    }
    pendingViews.delete(id);
    view.once("remove", () => {
      if (model.views) delete model.views[id];
      removeLeafletMap(view);
    });
    return view;
  }

  async #instantiate(model: WidgetModel, options: ViewOptions): Promise<WidgetView> {
    const { manager, classes, sanitizer } = this.#options;
    const viewOptions = { model, options: manager.setViewOptions(options) };
    if (model instanceof FailedWidgetModel) return new FailedWidgetView(viewOptions);
    // An `Event` of ipyevents has no view, and ipyannotations adds one to the children of a box.
    if (options.parent && model.get("_view_name") === null) return this.#placeholder(options);
    const View: typeof WidgetView = await classes.load(
      model.get("_view_name"),
      model.get("_view_module"),
      model.get("_view_module_version"),
    );
    if (model.get("description_allow_html") === true) await sanitizer.load();
    // A widget that was closed meanwhile gets an empty view. A closed layout, style, or layer of a map
    // has no element, and its parent needs the methods of its view.
    const isGone = isClosed(model) && model.get("_dom_classes") !== undefined;
    return isGone ? this.#placeholder(options) : new View(viewOptions);
  }

  #failure(model: WidgetModel, cause: unknown): Error {
    const { failures } = this.#options;
    const label = classLabel(
      model.get("_view_name"),
      model.get("_view_module"),
      model.get("_view_module_version"),
    );
    const failure = new CommError("WIDGET", `cannot show ${label}`, {
      comm_id: model.model_id,
      cause,
      advice: PACKAGE_ADVICE,
    });
    return isClosed(model) ? failures.describe(failure) : failures.reportOnce(failure);
  }

  async #failedView(failure: Error, options: ViewOptions): Promise<WidgetView> {
    const view = this.#placeholder(options, failure);
    view.render();
    return view;
  }

  /** Returns a view that shows a failure, or nothing. */
  #placeholder(options: ViewOptions, failure?: Error): WidgetView {
    const { manager } = this.#options;
    return new FailedWidgetView({
      model: createFailedModel(manager, failure),
      options: manager.setViewOptions(options),
    });
  }
}

/** Removes a view whose rendering failed. */
function discard(view: WidgetView): void {
  try {
    view.remove();
  } catch (error) {
    console.warn("[shiny-comm] A view that could not be drawn could not be removed either.", error);
  }
}
