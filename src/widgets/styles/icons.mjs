/** Writes icons.css: the rules of Font Awesome 4.7, limited to widgets. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = createRequire(import.meta.url).resolve("font-awesome/css/font-awesome.css");
const rules = readFileSync(source, "utf8")
  .replace(/\/\*[\s\S]*?\*\//g, "")
  // The only at-rules: @font-face, which is in index.css, and @keyframes with vendor prefixes.
  .replace(/@font-face\s*\{[^}]*\}/, "")
  .replace(/@(-webkit-)?keyframes[^{]*\{([^{}]*\{[^}]*\})*\s*\}/g, "")
  .replace(/^\s*(-webkit|-moz|-ms|-o)-(animation|transform|filter)[^;]*;\n/gm, "")
  // Filters for Internet Explorer, and classes for screen readers, which belong to the page.
  .replace(/^\s*(-ms-)?filter:[^;]*;\n/gm, "")
  .replace(/^:root [^}]*\}/gm, "")
  .replace(/^\.sr-only[^}]*\}/gm, "")
  // Common names that ipywidgets does not use.
  .replace(/^(\.fa)?\.pull-(left|right)[^}]*\}\n/gm, "")
  .replace(/animation: fa-spin/g, "animation: shiny-comm-fa-spin")
  .trim();

writeFileSync(
  new URL("./icons.css", import.meta.url),
  `/* Font Awesome 4.7 (MIT; the font: SIL OFL 1.1) inside widgets; made by icons.mjs, don't edit. */
@keyframes shiny-comm-fa-spin {
  to {
    transform: rotate(359deg);
  }
}
:is(.jupyter-widgets, .lm-Widget, .shiny-ipywidget-output) {
${rules}
}
`,
);
