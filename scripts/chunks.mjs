/**
 * Builds the client's chunks, in as few files as possible, because each request to a server in Python costs
 * more time than some kilobytes. A file is named by its content.
 *
 * A chunk is a classic script too, because a page with an opaque origin cannot import modules from its server.
 * A chunk never names another file. Otherwise a change would rename all direct and indirect importers of the
 * changed file. The table of files is in `shiny-comm.js`, which browsers always
 * revalidate; the build replaces imports of other chunks by uses of the loader (`src/script/chunks.ts`).
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { parseAst } from "vite";

/**
 * Builds a classic script, the entry that it loads, and a chunk for each module that the entry imports
 * dynamically. Chunks use the modules of the script, and have no copies.
 *
 * @param {import("esbuild").BuildOptions & { absWorkingDir: string, outdir: string }} options
 * @param {object} entries
 * @param {string} entries.script the path of the script; it exports an object `scriptExports`, in which chunks
 *   find its modules
 * @param {string} entries.start the path of the entry
 * @param {string} entries.loader an expression for the loader, `src/script/chunks.ts`
 * @returns {Promise<{
 *   metafile: import("esbuild").Metafile,
 *   files: Map<string, string>,
 *   table: Record<string, string>,
 *   buildScript: (options: import("esbuild").BuildOptions) => Promise<import("esbuild").OutputFile[]>,
 * }>} the files by their names; a table with the hash of each chunk and its imports, without the script and
 *   the entry
 */
export async function buildChunks(options, { script, start, loader }) {
  const { absWorkingDir: root } = options;
  const { metafile, outputFiles } = await buildOutputs(options, { script, start });
  const texts = new Map(
    outputFiles.map(({ path, text }) => [basename(path), withoutModuleNames(text)]),
  );
  const chunks = joinOutputs(metafile);
  const chunkOf = new Map(chunks.flatMap((chunk) => chunk.parts.map((part) => [part, chunk])));

  /** For each output, the names of the exports that other chunks import. */
  const imported = new Map([...texts.keys()].map((name) => [name, new Set()]));
  const linkedTexts = new Map();
  for (const [name, text] of texts) {
    linkedTexts.set(name, link(text, { own: chunkOf.get(name), chunkOf, imported, loader }));
  }
  for (const [name, aliases] of imported) assertConstant(name, texts.get(name), aliases);

  const files = new Map();
  /** @type {Record<string, string>} */
  const table = {};
  for (const chunk of chunks) {
    if (chunk.name === "script") continue;
    const contents = chunk.parts.flatMap((part) =>
      [...imported.get(part)]
        .sort()
        .map((alias) => `export { ${alias} as ${exportedName(alias)} } from "./${part}";`),
    );
    if (chunk.isEntry) contents.unshift(`export * from "./${chunk.parts.at(-1)}";`);
    const outfile = join(root, options.outdir, `${chunk.name}.js`);
    const built = await minify(
      { ...options, format: "esm", outfile },
      chunk,
      linkedTexts,
      contents,
    );
    const find = (ending) => built.find(({ path }) => path.endsWith(ending))?.text;
    const text = makeScript(find(".js") ?? "", chunk.name, loader);
    const file = `${chunk.name}-${hashOf(text)}.js`;
    // The comment at the end names the map.
    files.set(file, text.replace(`=${chunk.name}.js.map`, `=${file}.map`));
    const map = find(".map");
    // A line precedes the module.
    if (map) files.set(`${file}.map`, map.replace('"mappings": "', '"mappings": ";'));
    const needs = new Set(
      chunk.imports
        .map((output) => chunkOf.get(output)?.name)
        .filter((name) => ![chunk.name, "start", "script"].includes(name)),
    );
    table[chunk.name] = [hashOf(text), ...needs].join(" ");
  }

  const buildScript = (scriptOptions) => {
    const chunk = chunks.find(({ name }) => name === "script");
    const entry = chunk.parts.at(-1);
    const names = chunk.parts.flatMap((part) => [...imported.get(part)].sort());
    const contents = [
      `import { scriptExports } from "./${entry}";`,
      ...chunk.parts.map(
        (part) => `import { ${[...imported.get(part)].join(", ")} } from "./${part}";`,
      ),
      `Object.assign(scriptExports, { ${names.map((name) => `${exportedName(name)}: ${name}`).join(", ")} });`,
    ];
    return minify({ ...options, ...scriptOptions, format: "iife" }, chunk, linkedTexts, contents);
  };
  return { metafile, files, table, buildScript };
}

/** A module of several chunks becomes a file if it has more bytes, before it is minified. Others go to the entry. */
const SMALL_BYTES = 4_000;

/** Runs the first pass: esbuild's outputs, which are not minified and import one another. */
async function buildOutputs(options, { script, start }) {
  const root = options.absWorkingDir;
  /** @type {Set<string>} */
  const small = new Set();
  for (;;) {
    const result = await build({
      ...options,
      entryPoints: { script, start },
      entryNames: "[name]",
      chunkNames: "[name].[hash]",
      format: "esm",
      splitting: true,
      write: false,
      // The second pass minifies. This pass keeps the names of the sources, because each new import anywhere
      // changes minified names.
      minify: false,
      minifySyntax: true,
      logOverride: { "direct-eval": "silent" },
      sourcemap: options.sourcemap ? "inline" : false,
      plugins: [
        afterEntries(
          join(root, script),
          join(root, start),
          [...small].map((path) => join(root, path)),
        ),
        ...options.plugins,
      ],
    });
    const outputs = Object.values(result.metafile.outputs);
    const entries = new Set(outputs.map(({ entryPoint }) => entryPoint));
    const found = outputs
      .filter(({ entryPoint, inputs }) => !entryPoint && bytesOf(inputs) <= SMALL_BYTES)
      .map(({ inputs }) => Object.keys(inputs))
      // This output is joined with its entry.
      .filter((paths) => !paths.some((path) => entries.has(path)))
      .flat();
    if (found.length === 0) return result;
    for (const path of found) small.add(path);
  }
}

function bytesOf(inputs) {
  return Object.values(inputs).reduce((sum, { bytesInOutput }) => sum + bytesInOutput, 0);
}

/** Returns the hash of a file for its name. @param {string | Uint8Array} content @returns {string} */
export function hashOf(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
}

/**
 * Makes the entry import all of the script, and later chunks all of the entry.
 *
 * esbuild writes a file for each set of chunks that share modules. With these imports, one set has all modules of the script, and another
 * set the further modules of the entry.
 */
function afterEntries(script, start, shared) {
  return {
    name: "the entry imports the script, and later chunks the entry",
    setup(plugin) {
      const later = new Set();
      plugin.onResolve({ filter: /^\./ }, async ({ path, kind, pluginData, ...args }) => {
        if (kind !== "dynamic-import" || pluginData === afterEntries) return undefined;
        const resolved = await plugin.resolve(path, { ...args, kind, pluginData: afterEntries });
        later.add(resolved.path);
        return resolved;
      });
      plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const more = [];
        if (later.has(path)) more.push(`import ${JSON.stringify(start)};`);
        if (path === start) {
          more.push(`import ${JSON.stringify(script)};`);
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

/**
 * Joins outputs to chunks: an entry whose code is all in one other output is one chunk with that.
 *
 * @param {import("esbuild").Metafile} metafile
 * @returns {{ name: string, parts: string[], isEntry: boolean, imports: string[] }[]} the outputs in each, the entry's last,
 *   and the outputs that these import
 */
function joinOutputs(metafile) {
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({
    ...output,
    name: basename(path),
    imports: output.imports
      .filter(({ kind }) => kind === "import-statement")
      .map((one) => basename(one.path)),
  }));
  const joined = new Map();
  // In the order of the number of imports: the script, the start, the others.
  const byNeeds = outputs.toSorted((a, b) => a.imports.length - b.imports.length);
  for (const { name, imports, inputs, entryPoint } of byNeeds) {
    const isEmpty = Object.values(inputs).every(({ bytesInOutput }) => bytesInOutput === 0);
    if (!entryPoint || !isEmpty) continue;
    const others = imports.filter((output) => !joined.has(output));
    if (others.length !== 1) throw new Error(`${name} has its code in ${others.length} outputs`);
    joined.set(others[0], name);
  }
  const nameOf = ({ name, entryPoint }) => {
    if (entryPoint) return name.replace(/\..*/, "");
    const users = outputs.filter(({ imports }) => imports.includes(name));
    return users.map(nameOf).sort().join("-");
  };
  return outputs
    .filter(({ name }) => !joined.has(name))
    .map((output) => {
      const others = outputs.filter(({ name }) => joined.get(name) === output.name);
      const parts = [...others, output];
      return {
        name: nameOf(output),
        parts: parts.map(({ name }) => name),
        isEntry: output.entryPoint !== undefined,
        imports: [...new Set(parts.flatMap(({ imports }) => imports))],
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Makes a script, classic or module, of a module without imports. The script adds an async function to the
 * loader, which runs the module and returns its exports.
 */
function makeScript(module, name, loader) {
  const exports = parseAst(module).body.filter(({ type }) => type === "ExportNamedDeclaration");
  let text = module;
  for (const { start, end, specifiers } of exports.toReversed()) {
    const members = specifiers.map(({ exported, local }) => `${exported.name}:${local.name}`);
    text = `${text.slice(0, start)}return{${members}};${text.slice(end).replace(/^;/, "")}`;
  }
  const [, body, comment] = /^(.*?)\n?(\/\/# sourceMappingURL=[^\n]*\n)?$/s.exec(text);
  return `${loader}.chunks["${name}"]=(async()=>{"use strict";\n${body}\n});\n${comment ?? ""}`;
}

/** esbuild's helpers for modules in functions, as esbuild has them where it minifies names. */
const HELPERS = {
  __commonJS: `(run, module) => () => {
    try { return module || run((module = { exports: {} }).exports, module), module.exports; }
    catch (error) { throw module = 0, error; }
  }`.replaceAll("\n", ""),
  __esm: `(run, result, failure) => () => {
    if (failure) throw failure[0];
    try { return run && (result = run(run = 0)), result; }
    catch (error) { throw failure = [error], error; }
  }`.replaceAll("\n", ""),
};

/**
 * Takes off the names that esbuild gives functions around modules where it does not minify names:
 * `__commonJS({ "path"(exports) {} })` becomes `__commonJS((exports) => {})`.
 */
function withoutModuleNames(text) {
  /** @type {[start: number, end: number, other: string][]} */
  const edits = [];
  const declarators = parseAst(text).body.flatMap((node) => node.declarations ?? []);
  for (const { id, init } of declarators) {
    if (Object.hasOwn(HELPERS, id.name)) {
      edits.push([init.start, init.end, HELPERS[id.name]]);
    } else if (Object.hasOwn(HELPERS, init?.callee?.name ?? "")) {
      const [object] = init.arguments;
      const { value } = object.properties[0];
      edits.push([object.start, value.start, ""]);
      edits.push([value.body.start, value.body.start, " => "]);
      edits.push([value.end, object.end, ""]);
    }
  }
  let result = text;
  for (const [start, end, other] of edits.sort(([a], [b]) => b - a)) {
    const lines = text.slice(start, end).replace(/[^\n]/g, "");
    result = result.slice(0, start) + other + lines + result.slice(end);
  }
  return result;
}

/**
 * Replaces imports of other chunks, and addresses of style sheets, by uses of the loader.
 * Lines stay where they are, for source maps.
 */
function link(text, { own, chunkOf, imported, loader }) {
  const contents = text
    .replace(/^import\s*(?:\{([^}]*)\}\s*from\s*)?"\.\/([^"]+)";/gm, (all, names, output) => {
      const chunk = chunkOf.get(output);
      if (!chunk || chunk === own) return all;
      const lines = all.replace(/[^\n]/g, "");
      if (names === undefined) return lines;
      const members = names.split(",").map((each) => {
        const [alias, local = alias] = each.trim().split(" as ");
        imported.get(output).add(alias);
        return `${exportedName(alias)}: ${local}`;
      });
      return `const { ${members.join(", ")} } = $chunks.modules[${JSON.stringify(chunk.name)}];${lines}`;
    })
    .replace(/\bimport\("\.\/([^"]+)"\)/g, (all, output) => {
      const chunk = chunkOf.get(output);
      return chunk ? `$chunks.load(${JSON.stringify(chunk.name)})` : all;
    })
    .replace(/"\.\/([\w-]+)\.css", import\.meta\.url/g, '$chunks.style("$1")');
  return contents.includes("$chunks.") ? `const $chunks = ${loader}; ${contents}` : contents;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Returns a name of three letters for an export, which depends only on its name in the sources. */
function exportedName(alias) {
  const hash = createHash("sha256").update(alias).digest();
  // No name begins with a digit.
  return [52, 62, 62].map((count, index) => LETTERS[hash[index] % count]).join("");
}

/**
 * Checks that exports have their final value once the module has run: other chunks read them once.
 *
 * @throws for an export that a function assigns, unless the module's top level calls that function
 */
function assertConstant(name, text, aliases) {
  if (aliases.size === 0) return;
  const short = new Set([...aliases].map((alias) => exportedName(alias)));
  if (short.size < aliases.size) throw new Error(`${name}: two exports have the same short name`);
  const program = parseAst(text);
  const exported = new Set();
  for (const node of program.body) {
    for (const each of node.type === "ExportNamedDeclaration" ? node.specifiers : []) {
      if (aliases.has(each.exported.name)) exported.add(each.local.name);
    }
  }
  const called = new Set(
    program.body.map(({ expression }) => expression?.callee?.name).filter(Boolean),
  );
  // esbuild gives no variable in a function the name of one outside that the function uses.
  const visit = (node, isLater) => {
    const target = node.type === "AssignmentExpression" ? node.left : node.argument;
    const assigns = /^(Assignment|Update)Expression$/.test(node.type);
    if (isLater && assigns && target.type === "Identifier" && exported.has(target.name)) {
      throw new Error(`${name}: the export ${target.name} is assigned in a function`);
    }
    if (called.has(node.id?.name)) return;
    for (const child of Object.values(node).flat()) {
      if (typeof child?.type !== "string") continue;
      const isCalledNow = node.type === "CallExpression" && child === node.callee;
      visit(child, isLater || (/Function/.test(child.type) && !isCalledNow));
    }
  };
  visit(program, false);
}

/** Bundles the parts of a chunk as `contents` imports them, and minifies the bundle. */
async function minify({ plugins: _, splitting: __, ...options }, chunk, texts, contents) {
  const folder = join(options.absWorkingDir, "dist/chunks");
  const { outputFiles } = await build({
    ...options,
    stdin: { contents: contents.join("\n"), resolveDir: folder },
    outdir: undefined,
    metafile: false,
    write: false,
    logOverride: { "direct-eval": "silent" },
    plugins: [
      {
        name: "outputs of the first pass",
        setup(plugin) {
          plugin.onResolve({ filter: /^\.\// }, ({ path }) => {
            const name = path.slice(2);
            return chunk.parts.includes(name)
              ? { path: join(folder, name) }
              : { errors: [{ text: `${chunk.name} imports ${path}` }] };
          });
          plugin.onLoad({ filter: /\.js$/ }, ({ path }) => ({
            contents: texts.get(basename(path)),
            loader: "js",
          }));
        },
      },
    ],
  });
  return outputFiles;
}
