/** One measurement with both clients in turn, and what its figures come to. */
import { CLIENTS } from "../reliability/harness.mjs";

/**
 * What a figure means, and what is asked of it. `ratio` is always how many times better ours is.
 *
 * @typedef {object} Figure
 * @property {string} title
 * @property {string} unit
 * @property {"lower" | "higher"} better
 * @property {number} [digits] behind the point
 * @property {number} [bar] the ratio below which the benchmark fails
 * @property {number} [goal]
 * @property {boolean} [floor] what neither client can go below: its ratio says nothing
 */

/**
 * @typedef {object} Measurement
 * @property {string} name
 * @property {number} runs of each client
 * @property {Record<string, Figure>} figures by their names
 * @property {(bench: import("./harness.mjs").Bench, client: import("../reliability/harness.mjs").Client)
 *   => Promise<Record<string, number>>} measure one run
 */

/** @typedef {{ median: number, min: number, max: number, runs: number[] }} Spread */

/**
 * @typedef {object} Result
 * @property {string} row
 * @property {string} title
 * @property {string} unit
 * @property {"lower" | "higher"} better
 * @property {Spread | null} stock
 * @property {Spread | null} ours
 * @property {number | null} ratio
 * @property {number | null} bar
 * @property {number | null} goal
 * @property {boolean | null} held whether the bar was; `null` without a bar
 * @property {string} [missing] why there is no figure
 */

/**
 * @param {import("./harness.mjs").Bench} bench
 * @param {Measurement} measurement
 * @param {number} runs
 * @returns {Promise<Result[]>}
 */
export async function measureBoth(bench, measurement, runs) {
  /** @type {Record<string, Record<string, number[]>>} */
  const values = {};
  for (let run = 0; run < runs; run += 1) {
    for (const client of inOrder(run)) {
      let measured;
      try {
        measured = await measurement.measure(bench, client);
      } catch (error) {
        // The other rows are still worth having.
        const why = `${client} failed: ${error instanceof Error ? error.message : error}`;
        return resultsOf(measurement, {}, why);
      }
      for (const [row, value] of Object.entries(measured)) {
        values[row] ??= { stock: [], "shiny-comm": [] };
        values[row][client].push(value);
      }
    }
  }
  return resultsOf(measurement, values);
}

/** The clients of a run: a server gets slower with each page that it has had, so neither is always second. */
export function inOrder(run) {
  return run % 2 === 0 ? CLIENTS : CLIENTS.toReversed();
}

/** @returns {Result[]} */
function resultsOf(measurement, values, missing) {
  return Object.entries(measurement.figures).map(([row, figure]) => {
    const stock = spread(values[row]?.stock);
    const ours = spread(values[row]?.["shiny-comm"]);
    const { bar = null, goal = null, better, unit, title } = figure;
    const ratio = figure.floor ? null : ratioOf(stock, ours, better);
    return {
      row,
      title,
      unit,
      better,
      digits: figure.digits ?? 0,
      stock,
      ours,
      ratio,
      bar,
      goal,
      held: bar === null ? null : ratio !== null && ratio >= bar,
      ...(missing ? { missing } : {}),
    };
  });
}

/** How many times better ours is. */
function ratioOf(stock, ours, better) {
  if (!stock || !ours) return null;
  return better === "lower" ? stock.median / ours.median : ours.median / stock.median;
}

/** @returns {Spread | null} */
export function spread(runs) {
  if (!runs?.length) return null;
  const sorted = [...runs].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1], runs };
}
