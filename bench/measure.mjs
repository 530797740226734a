/** Runs one measurement with both clients in turn, and computes its figures. */
import { CLIENTS } from "../reliability/harness.mjs";

/**
 * The unit and the bar of a figure. `ratio` is how many times better shiny-comm is.
 *
 * @typedef {object} Figure
 * @property {string} title
 * @property {string} unit
 * @property {"lower" | "higher"} better
 * @property {number} [digits] the number of decimal places
 * @property {number} [bar] the ratio below which the benchmark fails
 * @property {number} [limit] instead of a ratio: the figure of shiny-comm above which the benchmark fails
 * @property {number} [goal]
 * @property {boolean} [floor] whether the figure is a lower limit for both clients, without a ratio
 */

/**
 * @typedef {object} Measurement
 * @property {string} name
 * @property {number} runs the number of runs for each client
 * @property {Record<string, Figure>} figures the figures by name
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
 * @property {number} [limit] the highest figure of shiny-comm, instead of a bar
 * @property {boolean | null} held whether the ratio reaches the bar; `null` without a bar
 * @property {string} [missing] the reason for a missing figure
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
        // Other rows are still useful.
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

/** Returns the order of the clients in a run, which alternates: a server slows with each page. */
export function inOrder(run) {
  return run % 2 === 0 ? CLIENTS : CLIENTS.toReversed();
}

/** @returns {Result[]} */
function resultsOf(measurement, values, missing) {
  return Object.entries(measurement.figures).map(([row, figure]) => {
    const stock = spread(values[row]?.stock);
    const ours = spread(values[row]?.["shiny-comm"]);
    const { bar = null, goal = null, limit, better, unit, title } = figure;
    const ratio = figure.floor ? null : ratioOf(stock, ours, better);
    const heldBy = () => {
      if (limit !== undefined) return ours !== null && ours.median <= limit;
      return bar === null ? null : ratio !== null && ratio >= bar;
    };
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
      ...(limit === undefined ? {} : { limit }),
      held: heldBy(),
      ...(missing ? { missing } : {}),
    };
  });
}

/** Returns how many times better shiny-comm is. */
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
