/** An esbuild plugin for what is in the way in other packages' stylesheets. */
import { readFile } from "node:fs/promises";

/** @type {import("esbuild").Plugin} */
export const cssPlugin = {
  name: "shiny-comm-css",
  setup(build) {
    // Every browser that has modules has woff2; the other formats would be copied all the same.
    build.onLoad({ filter: /[\\/]katex[\\/]dist[\\/]katex\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(
        /,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g,
        "",
      ),
      loader: "css",
    }));
    build.onLoad(
      { filter: /[\\/]controls[\\/]css[\\/](?:widgets-base|lumino|nouislider)\.css$/ },
      async ({ path }) => ({
        contents: (await readFile(path, "utf8"))
          // Selectors for Phosphor, a sixth of the file: nothing has made its classes for years.
          .replace(/\/\* <DEPRECATED> \*\/([\s\S]*?)\/\* <\/DEPRECATED> \*\//g, (_, selector) =>
            selector.includes(".p-") ? "" : selector,
          )
          // Set in controls.css: upstream's is a kilobyte, and black on dark ground.
          .replace(/--jp-widgets-dropdown-arrow:[^\n]*;\n/, "")
          // Each has its standard property next to it.
          .replace(/^\s*-(?:moz|ms|o)-(?!osx|appearance)[\w-]+:[^;}]*;/gm, "")
          .replace(/^\s*-webkit-(?:box-|transition|transform)[\w-]*:[^;}]*;/gm, "")
          // These are styled for the whole page, Bootstrap's own progress bars included.
          .replace(/^(\.progress(?:-bar(?:-\w+)?)?) \{/gm, ".jupyter-widgets $1 {"),
        loader: "css",
      }),
    );
  },
};
