/** Shows that an output is JavaScript, without running it. */
import type { IRenderMime } from "@jupyterlab/rendermime";
import { Widget } from "@lumino/widgets";
import { showNote } from "./note.js";

export class JavaScriptNote extends Widget implements IRenderMime.IRenderer {
  constructor(options: IRenderMime.IRendererOptions) {
    super();
    this.addClass("jp-RenderedJavaScript");
    this.node.dataset.mimeType = options.mimeType;
  }

  async renderModel(): Promise<void> {
    showNote(this.node, "JavaScript output isn't run here");
  }
}
