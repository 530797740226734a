/** `npm run bench [row …] [-- --quick --json FILE --write --profile]`: both clients side by side, as a table and JSON; fails below a bar. */
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

/** Each has a server of its own: what shinywidgets keeps of one group's widgets is not to slow the next. */
const GROUPS = [
  "load",
  "messages",
  "buffers",
  "server",
  "plain",
  "page",
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

/** Whether a row or a group is among those asked for; a beginning of its name is enough. */
const isAsked = (name) => asked.length === 0 || asked.some((start) => name.startsWith(start));

/** A group's rows, or curves, that are asked for. */
const chosenOf = (group, items) => items.filter((item) => [group, ...namesOf(item)].some(isAsked));

const groups = [];
const names = [];
for (const group of GROUPS) {
  const { measurements = [], curves = [], run } = await import(`./${group}.mjs`);
  const rows = chosenOf(group, measurements);
  const growth = chosenOf(group, curves);
  if (rows.length + growth.length > 0) groups.push({ rows, growth, run });
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
for (const { rows, growth, run } of groups) {
  const bench = await startBench(run);
  machine = describeMachine(bench.browser);
  try {
    // The first page of a server is slower than the others, whichever client it has.
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

/** Says on the terminal, when it is called, how long something took. */
function clock(name) {
  const start = performance.now();
  return () => console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
