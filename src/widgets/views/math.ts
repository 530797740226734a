/** Typesets the TeX in an element, with KaTeX loaded only when there is some. */

/** What MathJax, as Jupyter sets it up, would act on: delimited TeX, or an escaped dollar. */
const TEX = /\$[\s\S]+?\$|\\\([\s\S]+?\\\)|\\\[[\s\S]+?\\\]|\\begin\{[\s\S]+?\\end\{|\\\$/;

/**
 * KaTeX, asked for once: WebKit lets the second import of a module that awaits at its top level go on
 * before the first is done (bug 242740).
 */
let katex: Promise<typeof import("./math-katex.js")> | undefined;

/** The newest request of each element that waits for KaTeX. */
const pending = new WeakMap<HTMLElement, symbol>();

/**
 * Sets an element's text, if given, and renders the TeX in the element in place.
 *
 * Stands in for `typeset` of `@jupyter-widgets/controls/lib/utils.js`, which needs MathJax on the
 * page. Content without TeX costs nothing; the first TeX of a page loads a chunk of its own, and
 * until it is there the source shows.
 */
export function typeset(element: HTMLElement, text?: string): void {
  if (text !== undefined) {
    element.textContent = text;
  }
  if (!TEX.test(element.textContent ?? "")) {
    // What waits was meant for content that is gone.
    pending.delete(element);
    return;
  }
  const request = Symbol();
  pending.set(element, request);
  void render(element, request);
}

async function render(element: HTMLElement, request: symbol): Promise<void> {
  try {
    katex ??= import("./math-katex.js");
    const { renderMath } = await katex;
    // Two calls before the chunk came must not become two passes over the same content.
    if (pending.get(element) === request) {
      pending.delete(element);
      renderMath(element);
    }
  } catch (error) {
    katex = undefined;
    // The source is readable; a formula is no reason to lose the widget around it.
    console.warn("shiny-comm: can't typeset TeX", error);
  }
}
