/**
 * `npm run bench [row …] [-- --quick --json FILE --write --profile]`: measures both clients,
 * prints a table and JSON, and fails below a bar.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { CLIENTS } from "../reliability/harness.mjs";
import { measureCurve } from "./growth.mjs";
import { startBench } from "./harness.mjs";
import { describeMachine } from "./machine.mjs";
import { measureBoth } from "./measure.mjs";
import { Profile } from "./profile.mjs";
import { writeReport } from "./report.mjs";
import { growthTable, table } from "./table.mjs";

/**
 * Each group has a separate server, because shinywidgets' data of one group would slow the next.
 */
const GROUPS = [
  "load",
  "served",
  "messages",
  "buffers",
  "server",
  "plain",
  "page",
  "use",
  "widgets",
  "leaflet",
  "growth",
];
const QUICK_RUNS = 2;
const GROWTH_RUNS = 3;

const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    write: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
  },
});

const namesOf = ({ name, figures = {} }) => [name, ...Object.keys(figures)];

/** Returns whether a row or a group is selected, by its name or the start of its name. */
const isAsked = (name) => asked.length === 0 || asked.some((start) => name.startsWith(start));

/** Returns the selected rows, or curves, of a group. */
const chosenOf = (group, items) => items.filter((item) => [group, ...namesOf(item)].some(isAsked));

const groups = [];
const names = [];
for (const group of GROUPS) {
  const { measurements = [], curves = [], run, prepare } = await import(`./${group}.mjs`);
  const rows = chosenOf(group, measurements);
  const growth = chosenOf(group, curves);
  if (rows.length + growth.length > 0) groups.push({ rows, growth, run, prepare });
  names.push(group, ...[...measurements, ...curves].flatMap(namesOf));
}
const unknown = asked.filter((start) => !names.some((name) => name.startsWith(start)));
if (unknown.length > 0) {
  console.error(`No row ${unknown.join(", ")}; there are ${[...new Set(names)].join(", ")}.`);
  process.exit(2);
}

/** @type {import("./measure.mjs").Result[]} */
const results = [];
/** @type {import("./growth.mjs").Measured[]} */
const growths = [];
let machine = "";
for (const { rows, growth, run, prepare } of groups) {
  const prepared = await prepare?.();
  const bench = await startBench(run, prepared?.env);
  machine = describeMachine(bench.browser);
  try {
    // Warms up the server, whose first page is slower with both clients.
    const drawn = { selector: "#slider .widget-slider", count: 1 };
    for (const client of CLIENTS) await bench.visit({ name: "slider", client, drawn });

    for (const measurement of rows) {
      if (options.profile) bench.profile = new Profile();
      const done = clock(measurement.name);
      results.push(...(await measureBoth(bench, measurement, runsOf(measurement.runs))));
      done();
      if (bench.profile) console.log(`\n${measurement.name}\n${bench.profile}`);
    }
    for (const curve of growth) {
      const done = clock(curve.name);
      growths.push(await measureCurve(bench, curve, runsOf(GROWTH_RUNS)));
      done();
    }
  } finally {
    await bench.stop();
    await prepared?.remove();
  }
}

if (results.length > 0) console.log(`\n${table(results)}`);
if (growths.length > 0) console.log(`\n${growthTable(growths)}`);
console.log(`\n${machine}`);
const report = { machine, results, growth: growths };
if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
else console.log(`\n${JSON.stringify(report)}`);
if (options.write) await writeReport({ ...report, whole: asked.length === 0 });

const missed = results.filter(({ held }) => held === false);
if (missed.length > 0) {
  console.error(`\nBelow the bar: ${missed.map(({ row }) => row).join(", ")}`);
  process.exit(1);
}

function runsOf(runs) {
  if (options.profile) return 1;
  return options.quick ? Math.min(QUICK_RUNS, runs) : runs;
}

/** Returns a function that prints the time since the call. */
function clock(name) {
  const start = performance.now();
  return () => console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
