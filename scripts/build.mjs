/** Makes dist/ from the sources: the script-tag bundle with its chunks and styles, and the npm entries. */
import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cssPlugin } from "../src/widgets/styles/css-plugin.mjs";
import { buildChunks } from "./chunks.mjs";
import { replacements } from "./replacements.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const source = (path) => join(root, "src", path);

const common = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  minify: true,
  legalComments: "none",
  sourcemap: process.env.SOURCEMAPS ? "linked" : false,
  target: "es2022",
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  logLevel: "warning",
  metafile: true,
};

const START = "src/widgets/client.ts";

/** The widget modules with chunks of their own, as `src/widgets/modules/bundled.ts` has them. */
const MODULE_ENTRIES = {
  "@jupyter-widgets/controls": "src/widgets/modules/controls-core.ts",
  "@jupyter-widgets/output": "src/widgets/output-widget/index.ts",
  anywidget: "src/widgets/anywidget/index.ts",
};

export async function buildAll() {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  await rm(join(root, "dist"), { recursive: true, force: true });

  const { metafile: chunks, needed } = await buildChunks(
    {
      ...common,
      outdir: "dist/chunks",
      plugins: [replacements],
      loader: { ".svg": "text", ".css": "empty" },
      define: { ...common.define, CLIENT_VERSION: JSON.stringify(version) },
    },
    START,
    [source("widgets/views/math.ts")],
  );
  const chunksOf = (names) => names.map((name) => `chunks/${name}`);
  const modules = Object.entries(MODULE_ENTRIES).map(([name, entry]) => [
    name,
    chunksOf(needed[entry].filter((file) => !needed[START].includes(file))),
  ]);

  await build({
    ...common,
    entryPoints: { "shiny-comm": "src/script.ts" },
    format: "iife",
    define: {
      ...common.define,
      START_CHUNKS: JSON.stringify(chunksOf(needed[START])),
      MODULE_CHUNKS: JSON.stringify(Object.fromEntries(modules)),
    },
  });

  const styles = await build({
    ...common,
    entryPoints: {
      "shiny-comm": "src/widgets/styles/index.css",
      "chunks/katex": "src/widgets/styles/katex.css",
      "chunks/controls": "src/widgets/styles/controls.css",
      "chunks/icons": "src/widgets/styles/icons.css",
      "chunks/output": "src/widgets/output-widget/output.css",
    },
    assetNames: "fonts/[name]",
    plugins: [cssPlugin],
    loader: { ".woff2": "file" },
  });

  // The same API for pages without a bundler: one file.
  await build({
    ...common,
    entryPoints: { "shiny-comm.module": "src/index.ts" },
    format: "esm",
  });

  const npm = await buildModules("src/index.ts", "src/testing/index.ts");
  await writeNotices([chunks, styles.metafile, npm.metafile]);

  execFileSync(
    process.execPath,
    [
      require.resolve("typescript/package.json").replace("package.json", "bin/tsc"),
      "-p",
      "tsconfig.build.json",
    ],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
}

/**
 * Builds npm entries as a module a source, so that every bundler can leave out what is not used.
 * What is taken from other packages is put into the module that uses it.
 */
async function buildModules(...entries) {
  const bundled = await build({ ...common, entryPoints: entries, format: "esm", write: false });
  const entryPoints = Object.keys(bundled.metafile.inputs).filter((path) =>
    path.startsWith("src/"),
  );
  return build({
    ...common,
    entryPoints,
    outbase: "src",
    format: "esm",
    minify: false,
    plugins: [
      {
        name: "modules of this package",
        setup(plugin) {
          plugin.onResolve({ filter: /^\.{1,2}\// }, ({ path, importer }) =>
            importer.startsWith(source("")) ? { path, external: true } : undefined,
          );
        },
      },
    ],
  });
}

/** Writes the licences of the packages that parts of are in dist/. */
async function writeNotices(metafiles) {
  const folders = new Map();
  for (const { outputs } of metafiles) {
    for (const input of Object.values(outputs).flatMap((output) => Object.keys(output.inputs))) {
      const found = /^(?:.*:)?((?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(input);
      if (found) folders.set(found[2], join(root, found[1]));
    }
  }
  const notices = [];
  for (const [name, folder] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? (await readFile(join(folder, file), "utf8")).trim() : "";
    notices.push(`${name} ${version} (${license})\n\n${text}`.trim());
  }
  const head = "The files beside this one hold parts of the packages below.";
  const rule = `\n\n${"-".repeat(80)}\n\n`;
  const all = [head, ...notices].join(rule).replace(/\r\n/g, "\n");
  await writeFile(join(root, "dist/THIRD-PARTY.txt"), `${all}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
