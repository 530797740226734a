/** Each value that the package exports has an `@example`, which runs in Node and prints what it promises. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { exportedValues } from "../../docs/examples.mjs";
import { ROOT } from "../../docs/pages.mjs";

const ENTRIES: Record<string, string> = {
  "shiny-comm": join(ROOT, "src/index.ts"),
  "shiny-comm/codec": join(ROOT, "src/codec.ts"),
  "shiny-comm/testing": join(ROOT, "src/testing/index.ts"),
};

/** `loadClient` needs a browser: `tests/author` calls it. */
const NEEDS_BROWSER = ["loadClient"];

const folder = join(ROOT, ".tmp/examples");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** Bundles an example with the sources of the package, and returns the lines that it prints in Node. */
async function run(code: string, name: string): Promise<string[]> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    // A pending timeout must not delay the end of the process.
    stdin: { contents: `${code}\nprocess.exit(0);`, resolveDir: ROOT, loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    plugins: [
      {
        name: "the package by its name",
        setup(plugin) {
          plugin.onResolve({ filter: /^shiny-comm/ }, ({ path }) => ({
            path: ENTRIES[path] ?? path,
          }));
          plugin.onResolve({ filter: /^\./ }, ({ path, importer }) =>
            importer === "<stdin>" ? { path, external: true } : undefined,
          );
        },
      },
    ],
  });
  const output = execFileSync(process.execPath, [outfile], { encoding: "utf8" });
  return output.split("\n").slice(0, -1);
}

/** Returns the comments after `console.log`, in the same line or in the next one. */
function promisedIn(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\);\s*\/\/ (.*)$/gm)].map(([, text = ""]) => text);
}

describe.each(Object.entries(ENTRIES))("%s", (entry, file) => {
  const values = exportedValues(file);

  test("each exported value has an example", () => {
    expect(values.length).toBeGreaterThan(5);
    const without = values.filter(({ examples }) => examples.length === 0);
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  const examples = values.flatMap(({ name, examples }) =>
    examples.map((code, index) => ({ name: index === 0 ? name : `${name} ${index + 1}`, code })),
  );
  test.each(examples.filter(({ name }) => !NEEDS_BROWSER.includes(name)))(
    "the example of $name runs",
    async ({ name, code }) => {
      const lines = await run(code, `${entry} ${name}`.replace(/\W+/g, "-"));
      expect(lines).toEqual(promisedIn(code));
    },
  );
});
