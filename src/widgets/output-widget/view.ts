/** The Output widget's view: one renderer for each output, kept while its output stays the same. */
import { JupyterLuminoPanelWidget } from "@jupyter-widgets/base";
import * as upstream from "@jupyter-widgets/output";
import { type IRenderMime, MimeModel } from "@jupyterlab/rendermime";
import { JSONExt, type ReadonlyPartialJSONObject } from "@lumino/coreutils";
import { Panel, type Widget } from "@lumino/widgets";
import $ from "jquery";
import type { OutputModel } from "./model.js";
import { showNote } from "./note.js";
import { createRenderers, type Renderers } from "./renderers.js";

/** An output on the page, and the widget that shows it. */
interface Shown {
  output: ReadonlyPartialJSONObject;
  widget: Widget;
}

export class OutputView extends upstream.OutputView {
  declare model: OutputModel;
  declare luminoWidget: JupyterLuminoPanelWidget;
  // Only declared: the base constructor calls methods that set these fields.
  declare private area: Panel | undefined;
  declare private renderers: Renderers;
  declare private shown: Shown[];
  declare private isScheduled: boolean;

  override _createElement(): HTMLElement {
    this.luminoWidget = new JupyterLuminoPanelWidget({ view: this });
    return this.luminoWidget.node;
  }

  override _setElement(element: HTMLElement): void {
    if (this.el || element !== this.luminoWidget.node) {
      throw new Error("cannot replace the element of an Output widget: not supported");
    }
    this.el = element;
    this.$el = $(element);
  }

  override render(): void {
    super.render();
    this.renderers = createRenderers(this);
    this.shown = [];
    this.isScheduled = false;
    this.area = new Panel();
    // JupyterLab's class names, for the styles of its renderers and of apps.
    this.area.addClass("jp-OutputArea");
    this.area.addClass("jp-ThemedContainer");
    this.luminoWidget.addWidget(this.area);
    for (const name of ["jupyter-widgets", "widget-output", "jupyter-widget-output"]) {
      this.luminoWidget.addClass(name);
    }
    this.model.outputs.changed.connect(this.schedule, this);
    this.refresh();
    this.update();
  }

  override remove(): unknown {
    this.model.outputs.changed.disconnect(this.schedule, this);
    // Nested views are removed before their models.
    this.area?.dispose();
    this.area = undefined;
    return super.remove();
  }

  /** Refreshes once for all changes of the area that a new trait value causes. */
  private schedule(): void {
    if (this.isScheduled) {
      return;
    }
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.refresh();
    });
  }

  /** Shows the model's outputs, with new renderers for changed outputs. */
  private refresh(): void {
    const { area } = this;
    if (!area) {
      return;
    }
    const { outputs } = this.model;
    for (let index = 0; index < outputs.length; index++) {
      const model = outputs.get(index);
      // A copy, because the model may change before the next comparison.
      const output = JSONExt.deepCopy(model.toJSON());
      const previous = this.shown[index];
      if (previous && JSONExt.deepEqual(previous.output, output)) {
        continue;
      }
      previous?.widget.dispose();
      const widget = this.createOutput(model);
      area.insertWidget(index, widget);
      this.shown[index] = { output, widget };
    }
    for (const { widget } of this.shown.splice(outputs.length)) {
      widget.dispose();
    }
  }

  /** Creates the widget of an output; its renderer fills it later. */
  private createOutput(output: IRenderMime.IMimeModel & { type?: string }): Widget {
    const child = new Panel();
    child.addClass("jp-OutputArea-child");
    if (output.type === "execute_result") {
      child.addClass("jp-OutputArea-executeResult");
    }
    const mimeType = this.renderers.findPreferred(output.data);
    if (mimeType === undefined) {
      child.addClass("jp-OutputArea-output");
      const types = Object.keys(output.data).join(", ");
      showNote(child.node, types ? `No way to show ${types}` : "Empty output");
      return child;
    }
    const renderer = this.renderers.create(mimeType);
    renderer.addClass("jp-OutputArea-output");
    child.addWidget(renderer);
    const model = new MimeModel({
      data: joinLines(output.data),
      metadata: output.metadata,
      trusted: output.trusted,
    });
    renderer.renderModel(model).catch((error: unknown) => {
      console.error(`[shiny-comm] cannot show an output of type ${mimeType}:`, error);
      if (!renderer.isDisposed) {
        showNote(renderer.node, `An output of type ${mimeType} can't be shown`);
      }
    });
    return child;
  }
}

/** Joins texts: nbformat allows lists of lines, and renderers expect strings. */
function joinLines(data: IRenderMime.IMimeModel["data"]): IRenderMime.IMimeModel["data"] {
  return Object.fromEntries(
    Object.entries(data).map(([mimeType, value]) => [
      mimeType,
      Array.isArray(value) &&
      !/[/+]json$/.test(mimeType) &&
      value.every((line) => typeof line === "string")
        ? value.join("")
        : value,
    ]),
  );
}
