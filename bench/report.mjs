/** Saves figures: `results/figures.json`, the plots, and the tables in this folder's README. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { inWords } from "./growth.mjs";
import { plot } from "./plot.mjs";
import { growthTable, table } from "./table.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const FIGURES = path.join(HERE, "results/figures.json");
const README = path.join(HERE, "README.md");

/**
 * Saves the figures of a run. A complete run replaces all rows; other runs replace only their rows.
 *
 * @param {{ machine: string, whole: boolean, results: import("./measure.mjs").Result[],
 *   growth: import("./growth.mjs").Measured[] }} report
 */
export async function writeReport(report) {
  const before = report.whole ? {} : JSON.parse(await readFile(FIGURES, "utf8").catch(() => "{}"));
  const merged = {
    machine: report.machine,
    results: merge(before.results ?? [], report.results, ({ row }) => row),
    growth: merge(before.growth ?? [], report.growth, ({ name }) => name),
  };
  await writeFile(FIGURES, `${JSON.stringify(merged, null, 2)}\n`);
  for (const curve of report.growth) {
    const file = path.join(HERE, "results", `${curve.name}.svg`);
    await writeFile(file, plot(curve, report.machine, inWords));
  }
  let readme = await readFile(README, "utf8");
  readme = between(readme, "figures", table(merged.results));
  readme = between(readme, "growth", growthTable(merged.growth));
  readme = between(readme, "machine", merged.machine);
  await writeFile(README, readme);
}

/** Replaces old rows by new ones, and appends new names. */
function merge(old, fresh, key) {
  const byKey = new Map(fresh.map((item) => [key(item), item]));
  const kept = old.map((item) => byKey.get(key(item)) ?? item);
  const known = new Set(old.map(key));
  return [...kept, ...fresh.filter((item) => !known.has(key(item)))];
}

/** Replaces the text between the two comments of a name. */
function between(text, name, content) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`The README has no place for ${name}.`);
  return `${text.slice(0, from + open.length)}\n\n${content}\n\n${text.slice(to)}`;
}
