/** The chunk of `math.ts`: KaTeX, its style sheet, and Jupyter's delimiters. */
import renderMathInElement from "katex/contrib/auto-render";
import { linkStylesheet } from "../styles/link.js";

// Without its style sheet, KaTeX's output shows twice, because the part for screen readers is visible.
await linkStylesheet(() => new URL("./katex.css", import.meta.url));

const environments = [
  ...["equation", "align", "alignat", "gather"].flatMap((name) => [name, `${name}*`]),
  ...["aligned", "array", "bmatrix", "cases", "CD", "matrix", "pmatrix", "split", "vmatrix"],
];

/** JupyterLab's delimiters. A longer delimiter precedes a shorter one with the same start. */
const delimiters = [
  { left: "$$", right: "$$", display: true },
  { left: "$", right: "$", display: false },
  { left: "\\(", right: "\\)", display: false },
  { left: "\\[", right: "\\]", display: true },
  ...environments.map((name) => ({
    left: `\\begin{${name}}`,
    right: `\\end{${name}}`,
    display: true,
  })),
];

const IGNORED_CLASSES = ["katex", "tex2jax_ignore", "mathjax_ignore"];
const IGNORED = [
  ...["script", "noscript", "style", "textarea", "pre", "code", "option"],
  ...IGNORED_CLASSES.map((name) => `.${name}`),
].join(",");

/** Replaces `\$` during auto-render, which would read it as a delimiter. */
const DOLLAR = "\uE024";

/** Macros that formulas define. Later formulas can use them, as with MathJax. */
const macros: Record<string, string> = {};

/** Renders the TeX in an element. The source of TeX with an error shows in red. */
export function renderMath(element: HTMLElement): void {
  for (const node of findTextNodes(element)) {
    if (node.data.includes("\\$")) {
      node.data = node.data.replaceAll("\\$", DOLLAR);
    }
  }
  renderMathInElement(element, {
    delimiters,
    ignoredClasses: IGNORED_CLASSES,
    preProcess: (tex) => tex.replaceAll(DOLLAR, "\\$"),
    throwOnError: false,
    strict: "ignore",
    errorCallback: (message, error) =>
      console.warn(`[shiny-comm] cannot typeset TeX: ${message}`, error),
    globalGroup: true,
    macros,
  });
  for (const node of findTextNodes(element)) {
    insertDollars(node);
  }
}

/** Returns the text nodes that are neither rendered TeX nor code. */
function findTextNodes(element: HTMLElement): Text[] {
  const nodes: Text[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text && !node.parentElement?.closest(IGNORED)) {
      nodes.push(node);
    }
  }
  return nodes;
}

/** Inserts dollars for escaped ones, marked so that a second pass does not read them as TeX. */
function insertDollars(node: Text): void {
  if (!node.data.includes(DOLLAR)) {
    return;
  }
  const [first = "", ...rest] = node.data.split(DOLLAR);
  const parts: Node[] = [document.createTextNode(first)];
  for (const text of rest) {
    const dollar = document.createElement("span");
    dollar.className = "tex2jax_ignore";
    dollar.textContent = "$";
    parts.push(dollar, document.createTextNode(text));
  }
  node.replaceWith(...parts);
}
