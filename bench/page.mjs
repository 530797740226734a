/** Measures pages of many sliders: the time until all are drawn, and their memory. */
import { HANDLE } from "./harness.mjs";

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  box(100, 5, 1),
  box(400, 5, 1),
  box(1_200, 6, 1.2),
  {
    name: "memory-400",
    runs: 3,
    figures: {
      "memory-400": {
        title: "heap with 400 sliders on the page",
        bar: 1,
        goal: 1.5,
        unit: "MB",
        better: "lower",
        digits: 1,
      },
    },
    measure: async (bench, client) => ({
      "memory-400": await bench.visit(boxOf(400, client), async ({ cdp }) => {
        // The second collection frees objects that finalizers and weak references released.
        for (let turn = 0; turn < 3; turn += 1) await cdp.send("HeapProfiler.collectGarbage");
        const { usedSize } = await cdp.send("Runtime.getHeapUsage");
        return usedSize / 1e6;
      }),
    }),
  },
];

/** Returns a visit to a box of sliders. */
export function boxOf(count, client) {
  return {
    name: "sliders",
    client,
    query: { n: count },
    drawn: { selector: `#box :is(${HANDLE})`, count },
  };
}

/** @returns {import("./measure.mjs").Measurement} */
function box(count, runs, bar) {
  const name = `page-${count}`;
  return {
    name,
    runs,
    figures: {
      [name]: {
        title: `one box of ${count.toLocaleString("en-GB")} sliders, navigation → all drawn`,
        bar,
        goal: 2,
        unit: "ms",
        better: "lower",
      },
      [`${name}-first`]: {
        title: "… until the first model",
        floor: true,
        unit: "ms",
        better: "lower",
      },
      [`${name}-last`]: {
        title: "… until the last model",
        floor: true,
        unit: "ms",
        better: "lower",
      },
    },
    measure: async (bench, client) => {
      const { drawnMs, firstOpenMs, lastOpenMs } = await bench.visitUnwatched(boxOf(count, client));
      return { [name]: drawnMs, [`${name}-first`]: firstOpenMs, [`${name}-last`]: lastOpenMs };
    },
  };
}
