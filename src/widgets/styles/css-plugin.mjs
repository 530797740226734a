/** A plugin for esbuild that applies the patches of style sheets. */
import { readFile } from "node:fs/promises";
import { CONTROLS_CSS, controlsCss } from "../patches/build/controls-css.mjs";
import { KATEX_CSS, katexCss } from "../patches/build/katex-css.mjs";

/** @type {import("esbuild").Plugin} */
export const cssPlugin = {
  name: "shiny-comm-css",
  setup(build) {
    for (const [filter, patch] of [
      [KATEX_CSS, katexCss],
      [CONTROLS_CSS, controlsCss],
    ]) {
      build.onLoad({ filter }, async ({ path }) => ({
        contents: patch(await readFile(path, "utf8")),
        loader: "css",
      }));
    }
  },
};
