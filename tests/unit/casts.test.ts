/** Type casts in the widgets' sources: few, and into upstream's private members in one file only. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../src/widgets");
const MAX_PER_1000_LINES = 10;

const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));

/** Counts casts: `as`, without `as const`, imports and exports under other names, texts and comments. */
function castsIn(text: string): number {
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "")
    .replace(/^(import|export) [^;=]*? from .*$/gm, "")
    .replace(/"(\\.|[^"\\\n])*"|`[^`$]*`/g, '""');
  return [...code.matchAll(/\bas\b(?! const\b)(?! a default\b)/g)].length;
}

test("casts are found", () => {
  expect(castsIn("const a = b as unknown as C; // as D")).toBe(2);
  expect(castsIn('import * as x from "y";\nconst z = ["as a"] as const;')).toBe(0);
});

test(`the sources have at most ${MAX_PER_1000_LINES} casts in 1,000 lines`, () => {
  const casts = sources.reduce((sum, { text }) => sum + castsIn(text), 0);
  const lines = sources.reduce((sum, { text }) => sum + text.split("\n").length, 0);
  console.info(`${casts} casts in ${lines} lines of src/widgets`);
  expect((casts / lines) * 1_000).toBeLessThan(MAX_PER_1000_LINES);
});

test("casts by way of unknown are only in patches/internals.ts", () => {
  const files = sources.filter(({ text }) => / as unknown as /.test(text)).map(({ file }) => file);
  expect(files).toEqual(["patches/internals.ts"]);
});
