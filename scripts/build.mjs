/** Makes dist/ from the sources: the script-tag bundle with its chunks and styles, and the npm entries. */
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cssPlugin } from "../src/widgets/styles/css-plugin.mjs";
import { buildChunks, hashOf } from "./chunks.mjs";
import { replacements } from "./replacements.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const source = (path) => join(root, "src", path);

const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const { dependencies } = manifest;

const common = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  minify: true,
  // By default, esbuild uses the CommonJS form of a package that any file requires, whole.
  mainFields: ["module", "browser", "main"],
  legalComments: "none",
  sourcemap: process.env.SOURCEMAPS ? "linked" : false,
  target: "es2022",
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  logLevel: "warning",
  metafile: true,
};

const { version } = manifest;
// One copy of each major version is in use on a page.
/** The key under which the chunks find their loader. */
const LOADER = `shiny-comm/${version.split(".")[0]}/chunks`;

/** Builds the client's chunks. @param {import("esbuild").Plugin[]} [plugins] */
export function buildClientChunks(plugins = []) {
  return buildChunks(
    {
      ...common,
      outdir: "dist/chunks",
      plugins: [...plugins, replacements],
      loader: { ".svg": "text", ".css": "empty" },
      define: { ...common.define, CLIENT_VERSION: JSON.stringify(version) },
    },
    {
      script: "src/script/index.ts",
      start: "src/widgets/client.ts",
      loader: `globalThis[Symbol.for(${JSON.stringify(LOADER)})]`,
    },
  );
}

export async function buildAll() {
  await rm(join(root, "dist"), { recursive: true, force: true });
  await mkdir(join(root, "dist/chunks"), { recursive: true });
  const chunks = await buildClientChunks();
  for (const [name, contents] of chunks.files) {
    await writeFile(join(root, "dist/chunks", name), contents);
  }
  const styles = await buildStyles();

  const script = await chunks.buildScript({
    outfile: join(root, "dist/shiny-comm.js"),
    define: {
      ...common.define,
      CHUNKS: JSON.stringify(chunks.table),
      STYLES: JSON.stringify(styles.table),
      CHUNK_LOADER: JSON.stringify(LOADER),
    },
  });
  for (const { path, contents } of script) await writeFile(path, contents);

  // The same API for pages without a bundler: one file.
  await build({
    ...common,
    entryPoints: { "shiny-comm.module": "src/index.ts" },
    format: "esm",
  });

  const npm = await buildModules("src/index.ts", "src/codec.ts", "src/testing/index.ts");
  await writeNotices([chunks.metafile, styles.metafile, npm.metafile]);

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

/** Builds the style sheets. The names of the chunks' sheets contain hashes, as the names of chunks do. */
async function buildStyles() {
  const { metafile, outputFiles } = await build({
    ...common,
    entryPoints: {
      "shiny-comm": "src/widgets/styles/index.css",
      "chunks/katex": "src/widgets/styles/katex.css",
      "chunks/controls": "src/widgets/styles/controls.css",
      "chunks/icons": "src/widgets/styles/icons.css",
      "chunks/output": "src/widgets/output-widget/output.css",
    },
    assetNames: "fonts/[name]-[hash]",
    plugins: [cssPlugin],
    loader: { ".woff2": "file" },
    sourcemap: false,
    write: false,
  });
  /** The hashes in the names of the chunks' sheets. @type {Record<string, string>} */
  const table = {};
  for (const { path, contents } of outputFiles) {
    const name = /\bchunks[\\/]([\w-]+)\.css$/.exec(path)?.[1];
    if (name) table[name] = hashOf(contents);
    const hashed = name ? path.replace(/\.css$/, `-${table[name]}.css`) : path;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(hashed, contents);
  }
  return { metafile, table };
}

/**
 * Builds the npm entries as one module for each source file, so that bundlers can drop unused modules.
 * Dependencies stay imports; code of other packages is bundled into the module that imports it.
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
    external: Object.keys(dependencies),
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
