/** What the client takes in the place of some packages and of some of their texts, with the reason at each. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const source = (path) => join(dirname(fileURLToPath(import.meta.url)), "../src", path);
const lumino = join(dirname(require.resolve("@lumino/widgets/package.json")), "src/index.ts");

/** The one use of `sanitize-html`, in ManagerBase, is overridden with DOMPurify. */
const EMPTY = /^sanitize-html$/;

/** rendermime and outputarea import these for registries and dialogs of theirs, which the client does not use. */
const UNUSED = /^@jupyterlab\/(apputils|ui-components)$/;

/** It says nothing of side effects, has none, and the client uses nothing of it. */
const SERVICES = /^@jupyterlab\/services$/;

/** Texts in files of packages, and what takes their place; and where parts that nothing needs begin and end. */
const REWRITES = [
  // Models are compared and copied at each update. An object that is copied by `Object.assign` is
  // slow from then on, by the spread operator fast; see also `widgets/patches/equal.ts`.
  {
    filter: /@jupyter-widgets\/base\/lib\/backbone-patch\.js$/,
    changes: { "Object.assign({}, this.attributes)": "{ ...this.attributes }" },
  },
  // The attributes of a model that the server opened are nearly all in what it sent, so the others are
  // added to a copy of that: such copies have one shape in V8, what is put together has many.
  {
    filter: /\/backbone\/backbone\.js$/,
    changes: {
      "attrs = _.defaults(_.extend({}, defaults, attrs), defaults);": `attrs = { ...attrs };
        for (var key in defaults) if (attrs[key] === void 0) attrs[key] = defaults[key];`,
    },
  },
  {
    filter: /@jupyter-widgets\/base\/lib\/utils\.js$/,
    changes: {
      "import _isEqual from 'lodash/isEqual';": `import _isEqual from "lodash/isEqual";
        import { plainlyEqual } from ${JSON.stringify(source("widgets/patches/equal.ts"))};`,
      "return _isEqual(a, b);": "return plainlyEqual(a, b) ?? _isEqual(a, b);",
    },
  },
  {
    filter: /@jupyter-widgets\/controls\/lib\/widget_(int|float|selection)\.js$/,
    changes: {
      "from 'nouislider'": `from ${JSON.stringify(source("widgets/patches/nouislider.ts"))}`,
    },
  },
  // A key moves a slider by a step that is rounded to the step's decimals, of which "5e-10" seems to
  // have none, and by 1e-7 at least. The value that comes of it is brought onto a step all the same.
  // So is the value of a handle that is pressed and not moved. Sliders have neither pips nor tooltips.
  {
    filter: /\/nouislider\/dist\/nouislider\.js$/,
    changes: {
      "increment = Number(increment.toFixed(stepDecimals));": "",
      "decrement = Number(decrement.toFixed(stepDecimals));": "",
      "var stepDecimals = scope_Spectrum.countStepDecimals();": "",
      "pips: pips // Issue #594": "",
      "locations[handleNumber] + proposal, b[o], f[o])":
        "locations[handleNumber] + proposal, b[o], f[o], !proposal)",
      "// Step over zero-length ranges (#948);\n                step = Math.max(step, 0.0000001);":
        "",
    },
    cuts: {
      "function countDecimals(": "// http://youmightnotneedjquery.com/#add_class",
      "Spectrum.prototype.countStepDecimals": "Spectrum.prototype.hasNoSize",
      "function addTooltip(": "function isSliderDisabled(",
      "function removeTooltips(": "function aria() {",
      "function getGroup(": "// Shorthand for base dimensions.",
      "// Update pips, removes": "// Invalidate the current positioning",
      "if (options.pips) {": "aria();",
      "removePips: removePips,": "getPositions: function",
    },
  },
];

/** ipywidgets' controls typeset with a MathJax 2 that the page would have to bring. */
const CONTROLS_UTILS = {
  filter: /@jupyter-widgets\/controls\/lib\/utils\.js$/,
  contents: `export { uuid, resolvePromisesDict, reject } from "@jupyter-widgets/base";
    export { typeset } from ${JSON.stringify(source("widgets/views/math.ts"))};
    export function escape_html(text) {
      const element = document.createElement("div");
      element.textContent = text;
      return element.innerHTML;
    }`,
};

/** @throws when a file has not the text any more: the package has changed */
async function rewritten(path, { changes, cuts = {} }) {
  let contents = await readFile(path, "utf8");
  const find = (text, from = 0) => {
    const index = contents.indexOf(text, from);
    if (index < 0) throw new Error(`${path} has no ${JSON.stringify(text)} any more`);
    return index;
  };
  for (const [text, other] of Object.entries(changes)) {
    find(text);
    contents = contents.replace(text, () => other);
  }
  for (const [begin, end] of Object.entries(cuts)) {
    const index = find(begin);
    contents = contents.slice(0, index) + contents.slice(find(end, index));
  }
  return contents;
}

/** The replacements as a plugin of esbuild. */
export const replacements = {
  name: "replacements",
  setup(plugin) {
    // Shiny's pages bring jQuery.
    plugin.onResolve({ filter: /^jquery$/ }, () => ({
      path: source("widgets/modules/page-jquery.ts"),
    }));
    plugin.onResolve({ filter: EMPTY }, ({ path }) => ({ path, namespace: "empty" }));
    plugin.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export default {};" }));
    plugin.onResolve({ filter: UNUSED }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    }));
    plugin.onResolve({ filter: SERVICES }, ({ path }) => ({
      path: require.resolve(path),
      sideEffects: false,
    }));
    // Lumino's bundle is one file of which nothing can be left out; its sources are one a class.
    plugin.onResolve({ filter: /^@lumino\/widgets$/ }, () => ({
      path: lumino,
      sideEffects: false,
    }));
    plugin.onResolve({ filter: /^\.\/\w+$/ }, (args) =>
      args.importer.startsWith(dirname(lumino))
        ? { path: join(args.resolveDir, `${args.path}.ts`), sideEffects: false }
        : undefined,
    );
    for (const rewrite of REWRITES) {
      plugin.onLoad({ filter: rewrite.filter }, async ({ path }) => ({
        contents: await rewritten(path, rewrite),
        resolveDir: dirname(path),
      }));
    }
    plugin.onLoad({ filter: CONTROLS_UTILS.filter }, ({ path }) => ({
      contents: CONTROLS_UTILS.contents,
      resolveDir: dirname(path),
    }));
  },
};

/** The same for packages that Vite bundles ahead of tests, as a plugin of Rolldown. */
export const viteReplacements = {
  // Vite bundles anew when this is another, not when what the plugin does is.
  name: `replacements ${JSON.stringify(REWRITES)}`,
  resolveId(id) {
    if (EMPTY.test(id) || UNUSED.test(id) || SERVICES.test(id)) return `\0empty:${id}`;
    // Sources of the client stay files of their own: there is one of each on a page.
    if (id.startsWith(source(""))) return { id: `/@fs${id}`, external: "absolute" };
    return undefined;
  },
  load(id) {
    if (id.startsWith("\0empty:")) return "export default {};";
    const path = id.replace(/\?.*$/, "");
    if (CONTROLS_UTILS.filter.test(path)) return CONTROLS_UTILS.contents;
    const found = REWRITES.find(({ filter }) => filter.test(path));
    return found && rewritten(path, found);
  },
};
