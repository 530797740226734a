/** Measures what a user waits for: a new plotly figure, and the round trip of a moved control. */
import { HANDLE } from "./harness.mjs";

const ms = { unit: "ms", better: "lower" };

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  plotly("plotly", "plotly FigureWidget re-render", 1.3, 2),
  plotly("plotly-url", "… with its module served by URL", 2, 4, { byAddress: true }),
  roundtrip("roundtrip", "control moved → Python → changed text", "slider"),
];

/**
 * The time of a round trip.
 *
 * @param {string} visited the name of the case
 * @returns {import("./measure.mjs").Measurement}
 */
export function roundtrip(name, title, visited) {
  const figure = { bar: 1, goal: 1.2, digits: 1, ...ms };
  return {
    name,
    runs: 7,
    figures: {
      [`${name}-p50`]: { title: `${title}, p50`, ...figure },
      [`${name}-p95`]: { title: "… p95", ...figure },
    },
    measure: async (bench, client) => {
      const visit = { name: visited, client, drawn: { selector: HANDLE, count: 1 } };
      const times = await bench.visit(visit, ({ page }) =>
        page.evaluate(moveAndWait, { handle: HANDLE, trips: 100 }),
      );
      times.sort((a, b) => a - b);
      return { [`${name}-p50`]: times[49], [`${name}-p95`]: times[94] };
    },
  };
}

/**
 * The time of a re-render.
 *
 * @param {{ name?: string, byAddress?: boolean }} [options] the name of the case, and whether shiny-comm
 * gets the module as a URL; the stock client gets a text
 * @returns {import("./measure.mjs").Measurement}
 */
export function plotly(name, title, bar, goal, options = {}) {
  const { name: visited = "plotly_figure", byAddress = false } = options;
  return {
    name,
    runs: 4,
    figures: { [name]: { title, bar, goal, ...ms } },
    measure: async (bench, client) => {
      const query = byAddress && client !== "stock" ? { url: 1 } : {};
      const drawn = { selector: "#figure .main-svg", count: 1 };
      const visit = { name: visited, client, query, drawn };
      return { [name]: await bench.visit(visit, ({ page }) => page.evaluate(renderAnew, 3)) };
    },
  };
}

/** Runs in the page: renders a new figure, and waits for its title. */
async function renderAnew(turns) {
  const { bench, Shiny } = window;
  const title = () => document.querySelector("#figure .gtitle")?.textContent;
  await bench.until(() => title() === "turn 0");
  const times = [];
  for (let turn = 1; turn <= turns; turn += 1) {
    const start = performance.now();
    Shiny.setInputValue("bench_turn", turn, { priority: "event" });
    await bench.until(() => title() === `turn ${turn}`);
    times.push(performance.now() - start);
    // The old figure's comms close after the new figure is shown.
    await bench.until(() => !document.documentElement.classList.contains("shiny-busy"));
  }
  return bench.median(times);
}

/**
 * Runs in the page: presses the slider's key, and waits for the text output with its value.
 *
 * The delay between keys is long enough to finish the work of each move, like a user's.
 *
 * @returns the ms of each round trip
 */
async function moveAndWait({ handle, trips }) {
  const BETWEEN_MS = 60;
  const element = document.querySelector(handle);
  const text = document.querySelector("#text");
  const { bench } = window;
  await bench.until(() => text.textContent === "value 0");
  const times = [];
  // The first trips warm up the compiler.
  for (let trip = 1 - 10; trip <= trips; trip += 1) {
    const before = text.textContent;
    const start = performance.now();
    const changed = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (text.textContent === before || text.textContent === "") return;
        observer.disconnect();
        resolve(performance.now());
      });
      observer.observe(text, { childList: true, characterData: true, subtree: true });
    });
    element.dispatchEvent(
      new KeyboardEvent("keydown", { key: "ArrowRight", keyCode: 39, bubbles: true }),
    );
    const end = await changed;
    element.dispatchEvent(
      new KeyboardEvent("keyup", { key: "ArrowRight", keyCode: 39, bubbles: true }),
    );
    if (trip > 0) times.push(end - start);
    await bench.until(() => !document.documentElement.classList.contains("shiny-busy"));
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return times;
}
