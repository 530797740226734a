/** Measures a map that gets a thousand markers one by one. */

const COUNT = 1_000;

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  {
    name: "leaflet",
    runs: 3,
    figures: {
      leaflet: {
        title: "ipyleaflet: 1,000 markers added one by one",
        bar: 1,
        goal: 2,
        unit: "ms",
        better: "lower",
      },
    },
    measure: async (bench, client) => {
      const visit = {
        name: "leaflet",
        client,
        drawn: { selector: "#leaflet .leaflet-marker-pane", count: 1 },
      };
      const ms = await bench.visit(visit, ({ page }) => page.evaluate(addMarkers, COUNT));
      return { leaflet: ms };
    },
  },
];

/**
 * Runs in the page: the server adds markers.
 *
 * @returns the ms from the release of the server's frames to the frame with all markers on the map
 */
async function addMarkers(count) {
  const { bench, Shiny } = window;
  const release = bench.hold("bench_done");
  Shiny.setInputValue("bench_markers", count, { priority: "event" });
  const letThrough = await release;
  bench.collect();
  const start = performance.now();
  letThrough();
  const end = await bench.whenDrawn({ selector: "#leaflet .leaflet-marker-icon", count });
  return end - start;
}
