/** Measures how time grows with models, messages, and the sizes of buffers and pages. */
import { CLIENTS } from "../reliability/harness.mjs";
import { sendDown } from "./buffers.mjs";
import { inOrder, spread } from "./measure.mjs";
import { sendBurst } from "./messages.mjs";
import { boxOf } from "./page.mjs";
import { withProbe } from "./probe.mjs";

const KIB = 1024;

/**
 * @typedef {object} Curve
 * @property {string} name
 * @property {string} title
 * @property {string} axis the counted unit
 * @property {number[]} sizes
 * @property {(bench: import("./harness.mjs").Bench, client: import("../reliability/harness.mjs").Client,
 *   sizes: number[]) => Promise<number[]>} measure ms at each size
 */

/** @type {Curve[]} */
export const curves = [
  {
    name: "growth-models",
    title: "Models of sliders, opened together",
    axis: "models of sliders, each with a layout and a style",
    sizes: [25, 50, 100, 200, 400, 800, 1_600],
    measure: (bench, client, sizes) =>
      withProbe(bench, client, ({ page }) => page.evaluate(openModels, sizes)),
  },
  {
    name: "growth-messages",
    title: "Updates of one model in a burst",
    axis: "messages",
    sizes: [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
    measure: (bench, client, sizes) =>
      withProbe(bench, client, async ({ page }) => {
        const times = [];
        for (const count of sizes) {
          const { update } = await page.evaluate(sendBurst, { models: 1, count, turns: 1 });
          times.push(update);
        }
        return times;
      }),
  },
  {
    name: "growth-buffers",
    title: "One buffer down, base64",
    axis: "bytes",
    sizes: [16, 64, 256, 1_024, 4_096, 16_384, 65_536].map((size) => size * KIB),
    measure: (bench, client, sizes) =>
      withProbe(bench, client, async ({ page }) => {
        const times = [];
        for (const size of sizes) {
          const sent = { size, count: 1, turns: 5, form: "text", floor: false };
          const { update } = await page.evaluate(sendDown, sent);
          times.push(update);
        }
        return times;
      }),
  },
  {
    name: "growth-page",
    title: "One box of sliders, navigation to all drawn",
    axis: "sliders in one box",
    sizes: [50, 100, 200, 400, 800, 1_200],
    measure: async (bench, client, sizes) => {
      const times = [];
      for (const count of sizes) {
        const { drawnMs } = await bench.visitUnwatched(boxOf(count, client));
        times.push(drawnMs);
      }
      return times;
    },
  },
];

/**
 * @typedef {object} Measured
 * @property {string} name
 * @property {string} title
 * @property {string} axis
 * @property {number[]} sizes
 * @property {Record<string, { ms: number[], exponent: number }>} clients
 */

/** @returns {Promise<Measured>} the median of several runs, with the clients in turn */
export async function measureCurve(bench, { name, title, axis, sizes, measure }, runs) {
  const times = Object.fromEntries(CLIENTS.map((client) => [client, sizes.map(() => [])]));
  for (let run = 0; run < runs; run += 1) {
    for (const client of inOrder(run)) {
      const measured = await measure(bench, client, sizes);
      for (const [index, ms] of measured.entries()) times[client][index].push(ms);
    }
  }
  const clients = Object.fromEntries(
    CLIENTS.map((client) => {
      const ms = times[client].map((values) => spread(values).median);
      return [client, { ms, exponent: exponent(sizes, ms) }];
    }),
  );
  return { name, title, axis, sizes, clients };
}

/** The slope of the upper half of a curve in a log-log plot: below, what costs the same at any size hides it. */
export function exponent(sizes, ms) {
  const from = Math.floor(sizes.length / 2) - 1;
  const x = sizes.slice(from).map(Math.log);
  const y = ms.slice(from).map(Math.log);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, index) => sum + (value - meanX) * (y[index] - meanY), 0);
  return covariance / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

/** Returns an exponent in words. */
export function inWords(exponent) {
  if (exponent < 0.85) return "less than linear";
  if (exponent <= 1.15) return "linear";
  if (exponent <= 1.6) return "more than linear";
  if (exponent <= 2.3) return "quadratic";
  return "more than quadratic";
}

/** Runs in the page: the server creates increasing numbers of models. */
async function openModels(counts) {
  const times = [];
  for (const count of counts) {
    const { ms } = await window.bench.models(count);
    times.push(ms);
  }
  return times;
}
