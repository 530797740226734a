/** The bundlers that authors of packages use, each with its defaults. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";

type Bundle = (folder: string, entry: string, outdir: string) => Promise<unknown>;

export const BUNDLERS: Readonly<Record<string, Bundle>> = {
  vite: (folder, entry, outDir) =>
    vite({
      root: folder,
      configFile: false,
      logLevel: "error",
      build: {
        outDir,
        modulePreload: false,
        rollupOptions: {
          input: join(folder, entry),
          output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
        },
      },
    }),

  webpack: (folder, entry, path) =>
    new Promise((resolve, reject) => {
      const compiler = webpack({
        mode: "production",
        context: folder,
        entry: `./${entry}`,
        experiments: { outputModule: true },
        output: { path, filename: entry, module: true, publicPath: "auto" },
      });
      compiler?.run((failed, stats) => {
        const error =
          failed ?? (stats?.hasErrors() ? new Error(stats.toString("errors-only")) : null);
        compiler.close(() => (error ? reject(error) : resolve(undefined)));
      });
    }),

  esbuild: (folder, entry, outdir) =>
    esbuild({
      absWorkingDir: folder,
      entryPoints: [entry],
      outdir,
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      logLevel: "error",
    }),
};

/** Returns the gzipped size of all scripts in a folder, in bytes. */
export async function gzippedBytes(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  const scripts = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return scripts.reduce((sum, script) => sum + gzipSync(script, { level: 9 }).byteLength, 0);
}
