/**
 * `npm run bench:r [-- --against LIBRARY --runs 3]`: measures the R package without a browser, and prints a table.
 * With `--against`, also a version that is installed in another library, in turn.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { run } from "../scripts/python.mjs";
import { ensureRPackage, withLibrary } from "../scripts/r.mjs";

const ROWS = {
  set: ["`w$value <- 5` of a slider: 2,000 changes, one flush", "µs"],
  "set-flush": ["… each with a flush", "µs"],
  "set-flush-400": ["… each with a flush, with 400 other sliders", "µs"],
  read: ["`w$value` outside of reactives", "µs"],
  "read-reactive": ["… in `isolate()`", "µs"],
  update: ["an update of the page: decoding, echo, new value", "µs"],
  "update-shiny": ["… with Shiny's input, observer and flush", "µs"],
  "open-400": ["400 sliders, each with a layout and a style; closes 400 others", "ms"],
  "raw-8m": ["8 MiB of bytes to a trait", "ms"],
  "float32-1m": ["1,000,000 numbers by `as_float32()`", "ms"],
  "columns-1m": ["… by `columns_binary()`", "ms"],
  "table-10k": ["a data frame of 10,000 rows", "ms"],
};

const { values: options } = parseArgs({
  options: { against: { type: "string" }, runs: { type: "string", default: "3" } },
});
const { rscript, library } = await ensureRPackage({ log: console.error });
const libraries = [...(options.against ? [path.resolve(options.against)] : []), library];
const measured = libraries.map(() => new Map(Object.keys(ROWS).map((name) => [name, []])));
for (let turn = 0; turn < Number(options.runs); turn += 1) {
  for (const [at, each] of libraries.entries()) {
    for (const [name, value] of await measure(each)) measured[at].get(name).push(value);
  }
}

console.log(`| row | what |${options.against ? " against |" : ""} CPU time |`);
console.log(`| --- | --- |${options.against ? " --- |" : ""} --- |`);
for (const [name, [what, unit]] of Object.entries(ROWS)) {
  const figures = measured.map((rows) => `${format(median(rows.get(name)))} ${unit}`);
  console.log(`| \`${name}\` | ${what} | ${figures.join(" | ")} |`);
}

/** Returns the figures of a library by name. */
async function measure(library) {
  const lines = [];
  const script = path.join(import.meta.dirname, "r-speed.R");
  await run(rscript, [script], (line) => lines.push(line), {
    env: { ...process.env, ...withLibrary(library) },
  });
  const rows = lines.join("\n").matchAll(/^([\w-]+)\t(.+)$/gm);
  return [...rows].map(([, name, value]) => [name, Number(value)]);
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

function format(value) {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}
