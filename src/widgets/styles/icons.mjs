/** Writes icons.css: Font Awesome 4.7's rules, for what is inside widgets only. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = createRequire(import.meta.url).resolve("font-awesome/css/font-awesome.css");
const rules = readFileSync(source, "utf8")
  .replace(/\/\*[\s\S]*?\*\//g, "")
  // The only at-rules: the font's own, which index.css has, and vendors' copies of @keyframes.
  .replace(/@font-face\s*\{[^}]*\}/, "")
  .replace(/@(-webkit-)?keyframes[^{]*\{([^{}]*\{[^}]*\})*\s*\}/g, "")
  .replace(/^\s*(-webkit|-moz|-ms|-o)-(animation|transform|filter)[^;]*;\n/gm, "")
  // Internet Explorer's; and a page's screen-reader classes are not ours to change.
  .replace(/^\s*(-ms-)?filter:[^;]*;\n/gm, "")
  .replace(/^:root [^}]*\}/gm, "")
  .replace(/^\.sr-only[^}]*\}/gm, "")
  // Names too common to claim, and not used by ipywidgets.
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
