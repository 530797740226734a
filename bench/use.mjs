/** Measures `shiny_comm.use()` against the stock server and client: pages of many sliders, CPU time, re-renders. */
import { boxOf } from "./page.mjs";
import { prepare } from "./served.mjs";
import { plotly, roundtrip } from "./widgets.mjs";

export { prepare };

const ms = { unit: "ms", better: "lower" };

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  box(100, 5, 1.6),
  box(400, 5, 2.2),
  box(1_200, 5, 3),
  plotly("use-plotly", "plotly FigureWidget re-render, with `use()`", 2, 4, {
    name: "served_plotly",
  }),
  roundtrip(
    "use-roundtrip",
    "control moved → Python → changed text, with `use()`",
    "served_slider",
  ),
];

/** @returns {import("./measure.mjs").Measurement} */
function box(count, runs, bar) {
  const name = `use-page-${count}`;
  const cpu = `${name}-cpu`;
  const largest = count === 1_200;
  return {
    name,
    runs,
    figures: {
      [name]: {
        title: `one box of ${count.toLocaleString("en-GB")} sliders with \`use()\`, navigation → all drawn`,
        bar,
        ...ms,
      },
      [`${name}-last`]: { title: "… until the last model", floor: true, ...ms },
      [cpu]: { title: "… CPU time of Python", ...(largest ? { bar: 3 } : {}), ...ms },
    },
    measure: async (bench, client) => {
      const before = await bench.cpuMs();
      const visit = { ...boxOf(count, client), name: "served_sliders" };
      // The session's end needs CPU time, too; it is not a part of the figure.
      const measured = await bench.visitUnwatched(visit, async ({ drawnMs, lastOpenMs }) => ({
        [name]: drawnMs,
        [`${name}-last`]: lastOpenMs,
        [cpu]: (await bench.cpuMs()) - before,
      }));
      return measured;
    },
  };
}
