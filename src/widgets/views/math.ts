/** Typesets the TeX in an element. KaTeX loads with the first TeX of a page. */

/** Delimited TeX, or an escaped dollar, as in Jupyter's configuration of MathJax. */
const TEX = /\$[\s\S]+?\$|\\\([\s\S]+?\\\)|\\\[[\s\S]+?\\\]|\\begin\{[\s\S]+?\\end\{|\\\$/;

/**
 * KaTeX, imported once. In WebKit, a second import of a module with a top-level `await` resolves before the
 * first: https://bugs.webkit.org/show_bug.cgi?id=242740.
 */
let katex: Promise<typeof import("./math-katex.js")> | undefined;

/** The newest request of each element that waits for KaTeX. */
const pending = new WeakMap<HTMLElement, symbol>();

/**
 * Sets an element's text, if given, and renders the TeX in the element in place.
 *
 * Replaces `typeset` of `@jupyter-widgets/controls/lib/utils.js`, which needs MathJax on the page. Until
 * the chunk with KaTeX has loaded, the source shows.
 */
export function typeset(element: HTMLElement, text?: string): void {
  if (text !== undefined) {
    element.textContent = text;
  }
  if (!TEX.test(element.textContent ?? "")) {
    // A pending request is for content that was replaced.
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
    // Two calls before the chunk has loaded must render the content once.
    if (pending.get(element) === request) {
      pending.delete(element);
      renderMath(element);
    }
  } catch (error) {
    katex = undefined;
    // The source is readable, and the widget works without the formula.
    console.warn("[shiny-comm] cannot typeset TeX:", error);
  }
}
