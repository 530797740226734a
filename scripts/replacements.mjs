/** Replaces packages, and applies the patches of their texts, in the build and for the tests of the sources. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRewritten, REWRITES, rewritten } from "../src/widgets/patches/build/rewrites.mjs";
import { EMPTY, SERVICES, UNUSED } from "../src/widgets/patches/build/unused-packages.mjs";

const require = createRequire(import.meta.url);
const source = (path) => join(dirname(fileURLToPath(import.meta.url)), "../src", path);
const lumino = join(dirname(require.resolve("@lumino/widgets/package.json")), "src/index.ts");

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
    plugin.onResolve({ filter: /^@lumino\/widgets$/ }, () => ({
      path: lumino,
      sideEffects: false,
    }));
    plugin.onResolve({ filter: /^\.\/\w+$/ }, (args) =>
      args.importer.startsWith(dirname(lumino))
        ? { path: join(args.resolveDir, `${args.path}.ts`), sideEffects: false }
        : undefined,
    );
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
