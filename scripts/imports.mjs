/** Reads the imports between the sources, their cycles, and the table of allowed imports in ARCHITECTURE.md. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseSync } from "vite";

/**
 * @typedef {"value" | "type" | "lazy"} Kind `type` for types alone, `lazy` for `import()`
 * @typedef {{ from: string, to: string, kind: Kind }} Import paths from `src/` on
 * @typedef {{ file: string, program: import("vite").ESTree.Program, code: string }} Source
 */

/** Reads the TypeScript files below a folder. @param {string} folder @returns {Source[]} */
export function readSources(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((name) => {
      const file = name.replaceAll("\\", "/");
      const code = readFileSync(join(folder, name), "utf8");
      return { file, code, program: parseSync(file, code).program };
    });
}

/** Calls a function with each node of a syntax tree. */
export function visit(node, enter) {
  if (typeof node?.type !== "string") return;
  enter(node);
  for (const child of Object.values(node).flat()) visit(child, enter);
}

/** Returns the imports of other sources. @param {Source[]} sources @returns {Import[]} */
export function importsOf(sources) {
  return sources.flatMap(({ file, program }) => {
    /** @type {Import[]} */
    const imports = [];
    visit(program, (node) => {
      const path = node.source?.value;
      if (typeof path !== "string" || !path.startsWith(".")) return;
      const to = posix.join(posix.dirname(file), path).replace(/\.js$/, ".ts");
      imports.push({ from: file, to, kind: kindOf(node) });
    });
    return imports;
  });
}

/** @returns {Kind} */
function kindOf(node) {
  if (node.type === "ImportExpression") return "lazy";
  const areTypes = (kind) => (each) => each[kind] === "type";
  const isType =
    node.type === "TSImportType" ||
    node.importKind === "type" ||
    node.exportKind === "type" ||
    (node.specifiers?.length > 0 &&
      (node.specifiers.every(areTypes("importKind")) ||
        node.specifiers.every(areTypes("exportKind"))));
  return isType ? "type" : "value";
}

/**
 * Returns the sets of files that import one another, for types or lazily too.
 *
 * @param {Import[]} imports
 * @returns {string[][]}
 */
export function cyclesOf(imports) {
  /** @type {Map<string, Set<string>>} */
  const reached = new Map();
  const next = (file) => imports.filter(({ from }) => from === file);
  const files = [...new Set(imports.map(({ from }) => from))];
  for (const file of files) {
    const found = new Set(next(file).map(({ to }) => to));
    for (const each of found) for (const { to } of next(each)) found.add(to);
    reached.set(file, found);
  }
  const inCycle = files.filter((file) => reached.get(file)?.has(file));
  const sets = inCycle.map((file) =>
    inCycle.filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file)),
  );
  return [...new Set(sets.map((set) => set.join(" ")))].map((set) => set.split(" "));
}

/**
 * Reads the table in ARCHITECTURE.md. Its third column lists folders and files below `src/`; behind
 * "types of" and "lazily", imports of these kinds.
 *
 * @param {string} markdown
 * @returns {Map<string, Map<string, Set<Kind>>>} by a folder the places that it may import, and how
 */
export function allowedImports(markdown) {
  /** @type {Map<string, Map<string, Set<Kind>>>} */
  const table = new Map();
  for (const [, folders = "", list = ""] of markdown.matchAll(
    /^\| (`src\/.*?) \|.*\| (.*?) \|$/gm,
  )) {
    /** @type {Map<string, Set<Kind>>} */
    const places = new Map();
    for (const part of list.split(";")) {
      /** @type {Kind[]} */
      let kinds = ["value", "type"];
      if (/^\s*types of /.test(part)) kinds = ["type"];
      if (/^\s*lazily /.test(part)) kinds = ["lazy"];
      for (const [, place = ""] of part.matchAll(/`([^`]+)`/g)) {
        places.set(place, new Set([...(places.get(place) ?? []), ...kinds]));
      }
    }
    for (const [, folder = ""] of folders.matchAll(/`src\/([^`]*)`/g)) table.set(folder, places);
  }
  return table;
}

/**
 * Returns the imports that the table does not allow, and the files that have no row.
 *
 * @param {Import[]} imports
 * @param {ReturnType<typeof allowedImports>} table
 * @returns {string[]}
 */
export function forbiddenImports(imports, table) {
  const rowOf = (file) =>
    [...table.keys()]
      .filter((row) => file === row || (row.endsWith("/") && file.startsWith(row)))
      .sort((a, b) => b.length - a.length)[0];
  return imports.flatMap(({ from, to, kind }) => {
    const row = rowOf(from);
    if (row === undefined) return [`src/${from}: no row in the table`];
    if (row === rowOf(to) || to.startsWith("util/")) return [];
    const isAllowed = [...(table.get(row) ?? [])].some(
      ([place, kinds]) =>
        kinds.has(kind) &&
        (place === to || place === rowOf(to) || (to.startsWith(place) && place.endsWith("/"))),
    );
    return isAllowed ? [] : [`src/${from} imports ${to} (${kind})`];
  });
}
