/**
 * Measures buffers from Python to the model, with `shiny run`: as base64, or as binary frames.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

const VISIT = {
  name: "from_server",
  drawn: { selector: "#target .lm-Widget, #target .p-Widget", count: 1 },
};

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = fromPython("server", "Python → `change`, binary frames");

/** @returns {import("./measure.mjs").Measurement[]} small and large buffers */
export function fromPython(name, title) {
  return [
    row(`${name}-64k`, `64 KiB buffers, ${title}`, 64 * KIB, 128),
    row(`${name}-8m`, `8 MiB buffers, ${title}`, 8 * MIB, 4),
  ];
}

/** @returns {import("./measure.mjs").Measurement} */
function row(name, title, size, count) {
  return {
    name,
    runs: 5,
    figures: { [name]: { title, unit: "MB/s", better: "higher" } },
    measure: async (bench, client) => {
      const ms = await bench.visitUnwatched({ ...VISIT, client }, ({ page }) =>
        page.evaluate(receive, { size, count, turns: 3 }),
      );
      return { [name]: (size * count) / 1e6 / (ms / 1000) };
    },
  };
}

/**
 * Runs in the page: requests buffers from the server.
 *
 * @returns the median of several turns, in ms until the model received the last buffer
 */
async function receive({ size, count, turns }) {
  const { bench, Shiny } = window;
  await bench.until(() => bench.probe);
  const { probe } = bench;
  const times = [];
  // The first turn warms up the compiler.
  for (let turn = 0; turn <= turns; turn += 1) {
    const last = new Promise((resolve) => {
      let events = 0;
      const listener = () => {
        events += 1;
        if (events < count) return;
        probe.off("change:down", listener);
        resolve(probe.get("down"));
      };
      probe.on("change:down", listener);
    });
    bench.collect();
    const start = performance.now();
    Shiny.setInputValue("bench_send", [size, count], { priority: "event" });
    const view = await last;
    if (turn > 0) times.push(performance.now() - start);
    if (view.byteLength !== size || view.getUint8(0) !== count) {
      throw new Error("The buffer did not arrive whole.");
    }
    await bench.until(() => !document.documentElement.classList.contains("shiny-busy"));
  }
  return bench.median(times);
}
