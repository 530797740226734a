/** The renderers of MIME types: JupyterLab's standard renderers, and further ones. */
import type { DOMWidgetView } from "@jupyter-widgets/base";
import { type IRenderMime, standardRendererFactories } from "@jupyterlab/rendermime";
import DOMPurify from "dompurify";
import { Marked } from "marked";
import { typeset } from "../views/math.js";
import { JavaScriptNote } from "./javascript-note.js";
import { JsonTree } from "./json-tree.js";
import { NestedWidget } from "./nested-widget.js";

export interface Renderers {
  /** Returns the richest MIME type of a bundle for which a renderer exists. */
  findPreferred(data: IRenderMime.IMimeModel["data"]): string | undefined;
  /** Creates the renderer of a MIME type. */
  create(mimeType: string): IRenderMime.IRenderer;
}

/** JupyterLab's default rank of a factory. */
const DEFAULT_RANK = 100;

const sanitizer: IRenderMime.ISanitizer = {
  // Only colored text is sanitized: the model is trusted.
  sanitize: (dirty, options) =>
    DOMPurify.sanitize(dirty, options?.allowedTags ? { ALLOWED_TAGS: options.allowedTags } : {}),
};

const latexTypesetter: IRenderMime.ILatexTypesetter = {
  typeset: (element) => typeset(element),
};

const marked = new Marked({ gfm: true });
const markdownParser: IRenderMime.IMarkdownParser = {
  render: async (source) => marked.parse(source),
};

/**
 * Creates the renderers for the outputs in one view.
 *
 * Not `RenderMimeRegistry`: its import of `@jupyterlab/apputils`, for a sanitizer that is not used here, makes
 * the chunk three times as large.
 */
export function createRenderers(view: DOMWidgetView): Renderers {
  const factories: IRenderMime.IRendererFactory[] = [
    {
      safe: false,
      mimeTypes: ["application/vnd.jupyter.widget-view+json"],
      // Bundles of widgets contain the widget's text as a fallback, possibly as HTML.
      defaultRank: 0,
      createRenderer: (options) => new NestedWidget(options, view),
    },
    ...standardRendererFactories,
    {
      safe: true,
      mimeTypes: ["application/json"],
      createRenderer: (options) => new JsonTree(options),
    },
    {
      safe: true,
      mimeTypes: ["application/javascript", "text/javascript"],
      defaultRank: 110,
      createRenderer: (options) => new JavaScriptNote(options),
    },
  ];
  const byType = new Map<string, IRenderMime.IRendererFactory>();
  for (const factory of factories) {
    for (const mimeType of factory.mimeTypes) {
      byType.set(mimeType, factory);
    }
  }
  const rankOf = (mimeType: string) => byType.get(mimeType)?.defaultRank ?? DEFAULT_RANK;
  const ranked = [...byType.keys()].sort((a, b) => rankOf(a) - rankOf(b));
  return {
    findPreferred: (data) => ranked.find((mimeType) => Object.hasOwn(data, mimeType)),
    create: (mimeType) => {
      const factory = byType.get(mimeType);
      if (!factory) {
        throw new RangeError(`cannot create a renderer: no renderer for ${mimeType}`);
      }
      return factory.createRenderer({
        mimeType,
        sanitizer,
        latexTypesetter,
        markdownParser,
        resolver: null,
        linkHandler: null,
      });
    },
  };
}
