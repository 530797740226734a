/** Shows another Jupyter widget inside an output. */
import type { DOMWidgetView } from "@jupyter-widgets/base";
import type { IRenderMime } from "@jupyterlab/rendermime";
import { Panel } from "@lumino/widgets";
import { isObject } from "../../util/object.js";
import type { ShinyWidgetManager } from "../manager/widget-manager.js";
import { managerOf } from "../manager/widget-manager.js";
import { showNote } from "./note.js";

export class NestedWidget extends Panel implements IRenderMime.IRenderer {
  private readonly mimeType: string;
  private readonly manager: ShinyWidgetManager;
  private readonly parentView: DOMWidgetView;
  private view: DOMWidgetView | undefined;

  constructor(options: IRenderMime.IRendererOptions, parentView: DOMWidgetView) {
    super();
    this.mimeType = options.mimeType;
    this.manager = managerOf(parentView.model);
    this.parentView = parentView;
    this.node.dataset.mimeType = options.mimeType;
  }

  async renderModel(mime: IRenderMime.IMimeModel): Promise<void> {
    this.removeView();
    const id = modelIdIn(mime.data[this.mimeType]);
    if (id === undefined || !this.manager.has_model(id)) {
      // `outputs` keeps the bundles of closed widgets.
      showNote(this.node, "This widget is no longer available");
      return;
    }
    const model = await this.manager.get_part(id);
    // The manager uses the parent to detect an output that contains itself.
    const view = await this.manager.create_view<DOMWidgetView>(model, {
      parent: this.parentView,
    });
    if (this.isDisposed) {
      view.remove();
      return;
    }
    this.view = view;
    this.node.replaceChildren();
    // As a child, so that Lumino notifies the view when it is on the page.
    this.addWidget(view.luminoWidget);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.removeView();
      super.dispose();
    }
  }

  private removeView(): void {
    const { view } = this;
    this.view = undefined;
    view?.remove();
  }
}

function modelIdIn(source: unknown): string | undefined {
  return isObject(source) && typeof source.model_id === "string" ? source.model_id : undefined;
}
