/** Shows a JSON value as a tree whose branches open and close. */
import type { IRenderMime } from "@jupyterlab/rendermime";
import { Widget } from "@lumino/widgets";
import { isObject } from "../../util/object.js";

export class JsonTree extends Widget implements IRenderMime.IRenderer {
  private readonly mimeType: string;

  constructor(options: IRenderMime.IRendererOptions) {
    super();
    this.mimeType = options.mimeType;
    this.addClass("shiny-comm-json");
    this.node.dataset.mimeType = options.mimeType;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const metadata: unknown = model.metadata[this.mimeType];
    const settings = isObject(metadata) ? metadata : {};
    const label = typeof settings.root === "string" ? settings.root : "root";
    const isExpanded = settings.expanded === true;
    this.node.replaceChildren(createNode(label, model.data[this.mimeType], true, isExpanded));
  }
}

/** Creates the node of a value; branches are filled when they are first opened. */
function createNode(key: string, value: unknown, isOpen: boolean, isAllOpen: boolean): HTMLElement {
  if (typeof value !== "object" || value === null) {
    const leaf = document.createElement("div");
    const kind = value === null ? "null" : typeof value;
    leaf.append(createSpan("key", `${key}: `), createSpan(kind, JSON.stringify(value) ?? ""));
    return leaf;
  }
  const entries = Object.entries(value);
  const count = `${entries.length} ${entries.length === 1 ? "item" : "items"}`;
  const branch = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append(
    createSpan("key", `${key}: `),
    createSpan("count", Array.isArray(value) ? `[] ${count}` : `{} ${count}`),
  );
  branch.append(summary);
  // On demand, because most branches of a large value are never opened.
  const fill = () => {
    if (branch.childElementCount === 1) {
      branch.append(...entries.map(([name, child]) => createNode(name, child, false, isAllOpen)));
    }
  };
  branch.addEventListener("toggle", () => branch.open && fill());
  if (isOpen || isAllOpen) {
    branch.open = true;
    fill();
  }
  return branch;
}

function createSpan(kind: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = `shiny-comm-json-${kind}`;
  element.textContent = text;
  return element;
}
