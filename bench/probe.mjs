/** The page of the probe, a widget that exposes its model to the measurements. */

const PROBE = {
  name: "probe",
  drawn: { selector: "#probe .lm-Widget, #probe .p-Widget", count: 1 },
};

/**
 * Opens the probe's page and waits until its model is complete. With `hosted`, Shiny's socket is not a
 * WebSocket.
 */
export function withProbe(bench, client, use, { hosted = false } = {}) {
  return bench.visit({ ...PROBE, client, hosted }, async (visited) => {
    await visited.page.evaluate(() => window.bench.until(() => window.bench.probe?.get("me")));
    return use(visited);
  });
}
