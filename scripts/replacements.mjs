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
const lumino = luminoFile("@lumino/widgets", "src/index.ts");
/** The module that exports all of Lumino. */
const ALL_OF_LUMINO = source("widgets/modules/lumino.ts");
/** Packages of functions: a second copy in the chunk of that module does not enlarge the others. */
const LUMINO_COPIES = /\/(algorithm|collections|domutils)$/;

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
    // Lumino's sources have a file for each class, its bundle has one file.
    plugin.onResolve({ filter: /^@lumino\// }, ({ path, importer }) => {
      if (importer === ALL_OF_LUMINO) return { path, namespace: "lumino" };
      return path === "@lumino/widgets" ? { path: lumino, sideEffects: false } : undefined;
    });
    // The index is a copy, too: with one index, chunks of one class would share the files of all classes.
    plugin.onLoad({ filter: /^@lumino\/widgets$/, namespace: "lumino" }, async () => ({
      contents: await readFile(lumino, "utf8"),
      loader: "ts",
      resolveDir: dirname(lumino),
    }));
    plugin.onLoad({ filter: /.*/, namespace: "lumino" }, async ({ path }) => ({
      contents: LUMINO_COPIES.test(path)
        ? await readFile(luminoFile(path, "dist/index.es6.js"), "utf8")
        : `export * from ${JSON.stringify(path)};`,
      resolveDir: dirname(ALL_OF_LUMINO),
    }));
    plugin.onResolve({ filter: /^\.\/\w+$/ }, ({ path, resolveDir, importer, namespace }) => {
      if (resolveDir !== dirname(lumino)) return undefined;
      const file = { path: join(resolveDir, `${path}.ts`), sideEffects: false };
      const usesItems =
        namespace === "lumino" || /\b(box|dock|grid|split|stacked)layout\.ts$/.test(importer);
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
