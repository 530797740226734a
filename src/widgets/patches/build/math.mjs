/**
 * Typesets the mathematics of controls by KaTeX.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: Controls typeset by a MathJax 2 that the page has to load.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/3829
 * Gain: Mathematics shows on a page without MathJax, and KaTeX loads with the first formula.
 * Remove: when controls get their typesetter from the manager.
 * Test: tests/widgets/start.test.ts
 */
import { fileURLToPath } from "node:url";

const math = fileURLToPath(new URL("../../views/math.ts", import.meta.url));

/** @type {import("./rewrites.mjs").Rewrite} */
export const controlsMath = {
  filter: /@jupyter-widgets\/controls\/lib\/utils\.js$/,
  contents: `export { uuid, resolvePromisesDict, reject } from "@jupyter-widgets/base";
    export { typeset } from ${JSON.stringify(math)};
    export function escape_html(text) {
      const element = document.createElement("div");
      element.textContent = text;
      return element.innerHTML;
    }`,
};
