/** `npm run reliability [part …]`: measures both clients side by side, prints a table and JSON, and fails below a bar. */
import { CLIENTS, startHarness } from "./harness.mjs";

/**
 * A part of the measurements: the figures of each client, and the bars for shiny-comm.
 *
 * @typedef {object} Part
 * @property {string} title
 * @property {true} [withoutBrowser] whether `measure` needs no harness
 * @property {(harness: import("./harness.mjs").Harness, client: import("./harness.mjs").Client) => Promise<Record<string, number | string>>} measure
 * @property {Record<string, (value: number) => boolean>} bars the conditions for shiny-comm's
 * figures
 */

const PARTS = ["drag", "hostile", "reconnect", "leaks", "server"];

const requested = process.argv.slice(2);
const unknown = requested.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) {
  console.error(`No part ${unknown.join(", ")}; there are ${PARTS.join(", ")}.`);
  process.exit(2);
}

/** @type {import("./harness.mjs").Harness | undefined} */
let harness;
const results = {};
let missed = 0;
try {
  for (const name of requested.length > 0 ? requested : PARTS) {
    /** @type {{ part: Part }} */
    const { part } = await import(`./parts/${name}.mjs`);
    if (!part.withoutBrowser) harness ??= await startHarness();
    const figures = {};
    for (const client of CLIENTS) figures[client] = await part.measure(harness, client);
    results[name] = figures;
    console.log(`\n${part.title}\n`);
    console.log("| figure | stock | shiny-comm | holds |\n| --- | --- | --- | --- |");
    for (const [figure, ours] of Object.entries(figures["shiny-comm"])) {
      const bar = part.bars[figure];
      const holds = bar ? (bar(ours) ? "yes" : "NO") : "";
      if (holds === "NO") missed += 1;
      console.log(`| ${figure} | ${figures.stock[figure] ?? "–"} | ${ours} | ${holds} |`);
    }
  }
} finally {
  await harness?.stop();
}
console.log(`\n${JSON.stringify(results)}`);
process.exit(missed > 0 ? 1 : 0);
