/** The names of the chunks' files: each changes with the file's content, and with nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Plugin } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { buildClientChunks } from "../../scripts/build.mjs";
import { hashOf } from "../../scripts/chunks.mjs";

const root = join(import.meta.dirname, "../..");
const chunks = join(root, "dist/chunks");

const BUILD_TIMEOUT_MS = 60_000;

type Built = Awaited<ReturnType<typeof buildClientChunks>>;

let before: Built;
beforeAll(async () => {
  before = await buildClientChunks();
}, BUILD_TIMEOUT_MS);

/** Adds a line to the end of sources while they are built. */
function withLine(line: string, sources: string[]): Plugin {
  const paths = sources.map((source) => join(root, source));
  return {
    name: "one more line",
    setup(plugin) {
      const filter = new RegExp(sources.map((source) => basename(source)).join("|"));
      plugin.onLoad({ filter }, async ({ path }) =>
        paths.includes(path)
          ? { contents: `${await readFile(path, "utf8")}\n${line}\n`, loader: "default" }
          : undefined,
      );
    },
  };
}

/** Returns the chunks whose files have another name after a line was added to sources. */
async function renamedBy(line: string, ...sources: string[]): Promise<string[]> {
  const after = await buildClientChunks([withLine(line, sources)]);
  const names = [...new Set([...Object.keys(before.table), ...Object.keys(after.table)])];
  return names.filter((name) => before.table[name] !== after.table[name]).sort();
}

const LINE = 'globalThis.line = "one more";';

test(
  "one more line in the script renames no chunk",
  async () => {
    expect(await renamedBy(LINE, "src/comm/comm-manager.ts")).toEqual([]);
  },
  BUILD_TIMEOUT_MS,
);

test(
  "one more line in the manager renames the first chunk, and no other",
  async () => {
    expect(await renamedBy(LINE, "src/widgets/manager/widget-manager.ts")).toEqual(["start"]);
  },
  BUILD_TIMEOUT_MS,
);

test(
  "one more line in later chunks renames these, and no other",
  async () => {
    const renamed = await renamedBy(
      LINE,
      "src/widgets/anywidget/runtime.ts",
      "src/widgets/patches/controls/slider-range.ts",
      "node_modules/katex/dist/contrib/auto-render.mjs",
    );
    expect(renamed).toEqual(["anywidget", "controls-core", "math-katex"]);
  },
  BUILD_TIMEOUT_MS,
);

test(
  "one more import from the first chunk renames that chunk and the importer, and no other",
  async () => {
    const line = `import { watchIcons } from "../widgets/views/icons.js"; watchIcons();`;
    expect(await renamedBy(line, "src/inspector/panel.ts")).toEqual(["inspector", "start"]);
  },
  BUILD_TIMEOUT_MS,
);

test("no chunk contains the file name of another chunk", () => {
  const files = readdirSync(chunks).filter((file) => !file.endsWith(".map"));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const text = readFileSync(join(chunks, file), "utf8");
    expect(files.filter((other) => text.includes(other))).toEqual([]);
  }
});

test("the file name of each chunk and style sheet contains the hash of its content", () => {
  const script = readFileSync(join(root, "dist/shiny-comm.js"), "utf8");
  for (const file of readdirSync(chunks).filter((file) => !file.endsWith(".map"))) {
    const hash = hashOf(readFileSync(join(chunks, file)));
    expect(file).toMatch(new RegExp(`^[a-z-]+-${hash}\\.(js|css)$`));
    expect(script).toContain(hash);
  }
});
