/**
 * The script's chunks, in as few files as can be: a server that is written in Python takes longer for one
 * more request than the network for some more kilobytes.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";

/**
 * Builds an entry and, as files of their own, what it imports when it is needed.
 *
 * @param {import("esbuild").BuildOptions & { absWorkingDir: string, outdir: string }} options
 * @param {string} start the entry's path
 * @param {string[]} shared paths of what is in several of the others, and so small that it comes with the entry
 * @returns the metafile, and which files each needs before it runs, its own first, by the paths of sources
 */
export async function buildChunks(options, start, shared) {
  const { absWorkingDir: root, outdir } = options;
  const { metafile } = await build({
    ...options,
    entryPoints: { start },
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
    plugins: [afterStart(join(root, start), shared), ...options.plugins],
  });
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({
    ...output,
    name: basename(path),
    imported: output.imports
      .filter(({ kind }) => kind === "import-statement")
      .map((one) => basename(one.path)),
  }));
  const folder = join(root, outdir);

  /** What a file has become part of. */
  const joined = new Map();
  // The start first: it needs one file, and the others need that and theirs.
  const byNeeds = outputs.toSorted((a, b) => a.imported.length - b.imported.length);
  for (const { name, imported, inputs, entryPoint } of byNeeds) {
    const isEmpty = Object.values(inputs).every(({ bytesInOutput }) => bytesInOutput === 0);
    if (!entryPoint || !isEmpty) continue;
    const own = imported.filter((chunk) => !joined.has(chunk));
    if (own.length !== 1) throw new Error(`${name} has its code in ${own.length} files`);
    await joinFiles(options, name, own[0]);
    joined.set(own[0], name);
  }
  const renamed = await rename(folder, joined);

  const needed = Object.fromEntries(
    outputs
      .filter(({ entryPoint }) => entryPoint)
      .map(({ name, entryPoint }) => {
        const found = new Set([name]);
        for (const each of found) {
          const { imported } = outputs.find((output) => output.name === each);
          for (const file of imported) found.add(file);
        }
        return [entryPoint, [...new Set([...found].map((file) => renamed.get(file)))]];
      }),
  );
  return { metafile, needed };
}

/**
 * What is in several chunks has a file for each set of them. Since each of those that come later imports
 * all of the start here, that which starts is one such set, and all of it is in one file.
 */
function afterStart(start, shared) {
  return {
    name: "what comes later comes after all of the start",
    setup(plugin) {
      const later = new Set();
      plugin.onResolve({ filter: /^\./ }, async ({ path, kind, pluginData, ...args }) => {
        if (kind !== "dynamic-import" || pluginData === afterStart) return undefined;
        const resolved = await plugin.resolve(path, { ...args, kind, pluginData: afterStart });
        later.add(resolved.path);
        return resolved;
      });
      plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const more = [];
        if (later.has(path)) more.push(`import ${JSON.stringify(start)};`);
        if (path === start) {
          shared.forEach((one, index) => {
            more.push(`export * as shared${index} from ${JSON.stringify(one)};`);
          });
        }
        if (more.length === 0) return undefined;
        const contents = [await readFile(path, "utf8"), ...more].join("\n");
        return { contents, loader: "ts", resolveDir: dirname(path) };
      });
    },
  };
}

/** Has an entry whose code is all in another file take that in. */
async function joinFiles({ outdir, ...options }, entry, file) {
  const folder = join(options.absWorkingDir, outdir);
  await build({
    ...options,
    stdin: {
      contents: [file, entry].map((name) => `export * from "./${name}";`).join("\n"),
      resolveDir: folder,
    },
    outfile: join(folder, entry),
    allowOverwrite: true,
    format: "esm",
    plugins: [
      {
        name: "all others stay files of their own",
        setup(plugin) {
          plugin.onResolve({ filter: /^\.\// }, ({ path, kind }) => {
            const isOther =
              kind === "dynamic-import" || ![`./${entry}`, `./${file}`].includes(path);
            return isOther ? { path, external: true } : undefined;
          });
        },
      },
    ],
  });
  await rm(join(folder, file));
}

/**
 * Names all files anew: esbuild's names tell of what files import, but not of what was joined.
 *
 * @returns the new names by the old ones, also of those that are part of others
 */
async function rename(folder, joined) {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const nameOf = (name) => {
    const hash = createHash("sha256")
      .update([name, ...texts].join("\n"))
      .digest("hex");
    return name.replace(/-\w+\.js$/, `-${hash.slice(0, 8).toUpperCase()}.js`);
  };
  const scripts = names.filter((name) => name.endsWith(".js"));
  const renamed = new Map(scripts.map((name) => [name, nameOf(name)]));
  for (const [name, entry] of joined) renamed.set(name, renamed.get(entry));
  for (const [index, name] of names.entries()) {
    let text = texts[index];
    let path = name;
    for (const [old, other] of renamed) {
      text = text.replaceAll(old, other);
      path = path.replace(old, other);
    }
    await rm(join(folder, name));
    await writeFile(join(folder, path), text);
  }
  return renamed;
}
