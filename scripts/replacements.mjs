/** Replaces packages, and applies the patches of their texts, in the build and for the tests of the sources. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRewritten, REWRITES, rewritten } from "../src/widgets/patches/build/rewrites.mjs";
import { EMPTY, SERVICES, UNUSED } from "../src/widgets/patches/build/unused-packages.mjs";

const require = createRequire(import.meta.url);
const source = (path) => join(dirname(fileURLToPath(import.meta.url)), "../src", path);

const luminoFile = (name, path) => join(dirname(require.resolve(`${name}/package.json`)), path);
/** The Lumino packages with a source file for each class; their bundles are one file. */
const LUMINO_SOURCES = /@lumino\/(algorithm|collections|coreutils|domutils|widgets)(\/src)?$/;
/** The module that exports all of Lumino. */
const ALL_OF_LUMINO = source("widgets/modules/lumino.ts");

/** A plugin of esbuild. */
export const replacements = {
  name: "replacements",
  setup(plugin) {
    // Shiny's pages have jQuery.
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
    plugin.onResolve({ filter: /^@lumino\// }, ({ path, importer, kind, namespace }) => {
      // With one index, chunks that use one class would share the files of all classes.
      if (importer === ALL_OF_LUMINO) return { path, namespace: "lumino-index" };
      // esbuild leaves nothing out of a module that CommonJS requires. Packages of JupyterLab require Lumino:
      // they get copies, in the chunk of the Output widget.
      if (kind === "require-call" || namespace === "lumino-copy") {
        return { path, namespace: "lumino-copy", sideEffects: false };
      }
      return LUMINO_SOURCES.test(path)
        ? { path: luminoFile(path, "src/index.ts"), sideEffects: false }
        : undefined;
    });
    plugin.onLoad({ filter: /.*/, namespace: "lumino-index" }, async ({ path }) => {
      const file = luminoFile(path, "src/index.ts");
      const contents = LUMINO_SOURCES.test(path)
        ? await readFile(file, "utf8")
        : `export * from ${JSON.stringify(path)};`;
      return { contents, loader: "ts", resolveDir: dirname(file) };
    });
    plugin.onLoad({ filter: /.*/, namespace: "lumino-copy" }, async ({ path }) => {
      const file = luminoFile(path, "dist/index.es6.js");
      return { contents: await readFile(file, "utf8"), resolveDir: dirname(file) };
    });
    plugin.onResolve({ filter: /^\.\/[\w.]+$/ }, ({ path, resolveDir, importer, namespace }) => {
      if (!LUMINO_SOURCES.test(resolveDir)) return undefined;
      const file = { path: join(resolveDir, `${path}.ts`), sideEffects: false };
      const usesItems =
        namespace === "lumino-index" || /\b(box|dock|grid|split|stacked)layout\.ts$/.test(importer);
      return path === "./layout" && usesItems ? { ...file, namespace: "lumino-layout" } : file;
    });
    // The chunk `start` has the file of `Layout`, which would get the class for the items of other layouts.
    plugin.onLoad({ filter: /.*/, namespace: "lumino-layout" }, async ({ path }) => ({
      contents: `export { Layout } from "./layout"; export { LayoutItem } from "lumino-layout-item";`,
      loader: "ts",
      resolveDir: dirname(path),
    }));
    plugin.onResolve({ filter: /^lumino-layout-item$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, "layout.ts"),
      namespace: "lumino-layout-item",
      sideEffects: false,
    }));
    plugin.onLoad({ filter: /.*/, namespace: "lumino-layout-item" }, async ({ path }) => ({
      contents: await readFile(path, "utf8"),
      loader: "ts",
      resolveDir: dirname(path),
    }));
    for (const { filter } of REWRITES) {
      plugin.onLoad({ filter }, async ({ path }) => ({
        contents: await rewritten(path),
        resolveDir: dirname(path),
      }));
    }
  },
};

/** A plugin of Rolldown, for the packages that Vite bundles before tests. */
export const viteReplacements = {
  // Vite bundles again if the name changes, but not if the code does.
  name: `replacements ${JSON.stringify(REWRITES)}`,
  resolveId(id) {
    if (EMPTY.test(id) || UNUSED.test(id) || SERVICES.test(id)) return `\0empty:${id}`;
    // Sources of the client stay separate files: a page has one of each.
    if (id.startsWith(source(""))) return { id: `/@fs${id}`, external: "absolute" };
    return undefined;
  },
  load(id) {
    if (id.startsWith("\0empty:")) return "export default {};";
    const path = id.replace(/\?.*$/, "");
    return isRewritten(path) ? rewritten(path) : undefined;
  },
};
