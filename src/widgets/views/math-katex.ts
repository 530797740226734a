/** KaTeX, its stylesheet, and Jupyter's delimiters: the chunk behind `math.ts`. */
import renderMathInElement from "katex/contrib/auto-render";
import { linkStylesheet } from "../styles/link.js";

// Before the sheet is there, KaTeX's output shows twice (once for the eye, once for readers).
await linkStylesheet(new URL("./katex.css", import.meta.url));

const environments = [
  ...["equation", "align", "alignat", "gather"].flatMap((name) => [name, `${name}*`]),
  ...["aligned", "array", "bmatrix", "cases", "CD", "matrix", "pmatrix", "split", "vmatrix"],
];

/** MathJax's delimiters as JupyterLab has them; the longer one of two that start alike is first. */
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

/** Stands for `\$` while auto-render, which would read it as a delimiter, is at work. */
const DOLLAR = "\uE024";

/** Macros defined by one formula hold for those after it, as with MathJax. */
const macros: Record<string, string> = {};

/** Renders the TeX in an element in place; TeX with an error in it stays, in red, as source. */
export function renderMath(element: HTMLElement): void {
  for (const node of textNodes(element)) {
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
    errorCallback: (message, error) => console.warn(message, error),
    globalGroup: true,
    macros,
  });
  for (const node of textNodes(element)) {
    showDollars(node);
  }
}

/** The text that is not rendered already and not code. */
function textNodes(element: HTMLElement): Text[] {
  const nodes: Text[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text && !node.parentElement?.closest(IGNORED)) {
      nodes.push(node);
    }
  }
  return nodes;
}

/** Puts plain dollars where they were escaped, marked so that a second pass takes none for TeX. */
function showDollars(node: Text): void {
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
