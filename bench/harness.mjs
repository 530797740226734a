/**
 * Opens pages for measurements, each in a new context without a cache, and measures from the
 * navigation.
 */
import { startHarness } from "../reliability/harness.mjs";
import { hostSocket, inPage, noteOpens } from "./in-page.mjs";
import { openUnwatched } from "./unwatched.mjs";

/**
 * The handles of both clients: sliders of ipywidgets 8 for shiny-comm, of ipywidgets 7 for stock.
 */
export const HANDLE = ".noUi-handle, .ui-slider-handle";

/** 10 Mbit/s and 40 ms. */
export const SLOW_NETWORK = {
  offline: false,
  latency: 40,
  downloadThroughput: 10e6 / 8,
  uploadThroughput: 10e6 / 8,
};

/** The timeout of each step, in ms: the heaviest page takes a minute on two busy cores. */
const TIMEOUT_MS = 120_000;

const VIEWPORT = { width: 1000, height: 800 };

/**
 * @typedef {object} Visit
 * @property {string} name the name of the case
 * @property {import("../reliability/harness.mjs").Client} client
 * @property {Record<string, string | number>} [query]
 * @property {{ selector: string, count: number }} drawn the elements of the complete page
 * @property {boolean} [hosted] whether Shiny's socket is an object for texts alone, as on Shiny Server
 * @property {object} [network] for CDP's Network.emulateNetworkConditions
 * @property {(response: import("playwright-core").Response) => void} [onResponse]
 */

/**
 * @typedef {object} Visited
 * @property {import("playwright-core").Page} page
 * @property {import("playwright-core").CDPSession} cdp
 * @property {number} drawnMs the time from navigation until all elements were drawn
 */

/**
 * The times of a page, in ms since its navigation.
 *
 * @typedef {object} Opened
 * @property {number} drawnMs
 * @property {number} firstOpenMs when the socket received the first model's open
 * @property {number} lastOpenMs
 */

/**
 * A server and a browser.
 *
 * @typedef {object} Bench
 * @property {import("playwright-core").Browser} browser
 * @property {<T>(visit: Visit, use?: (visited: Visited) => Promise<T>) => Promise<T>} visit opens a
 * page, calls `use` and closes the page; without `use`, resolves with `drawnMs`
 * @property {<T>(visit: Visit, use?: (visited: Opened & { page: import("./unwatched.mjs").UnwatchedPage }) =>
 *   Promise<T>) => Promise<T>} visitUnwatched the same without developer tools
 * @property {import("./profile.mjs").Profile | undefined} profile records the functions of the
 * pages
 * @property {() => Promise<number>} cpuMs returns the CPU time of the server so far
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string[]} [run] what Python runs instead of `shiny run`, with the same arguments
 * @param {Record<string, string>} [env] the server's environment, added to that of this process
 * @returns {Promise<Bench>}
 */
export async function startBench(run, env) {
  const harness = await startHarness({ app: "bench/app.py", run, env });
  /** @type {Bench} */
  const bench = {
    browser: harness.browser,
    profile: undefined,
    async visit(visit, use = async ({ drawnMs }) => drawnMs) {
      const { name, client, query = {}, drawn, hosted, network, onResponse } = visit;
      const context = await harness.browser.newContext({ viewport: VIEWPORT });
      try {
        context.setDefaultTimeout(TIMEOUT_MS);
        await context.addInitScript(inPage, drawn);
        if (hosted) await context.addInitScript(hostSocket);
        const page = await context.newPage();
        if (onResponse) page.on("response", onResponse);
        const sessionLost = new Promise((_, reject) => {
          page.on("websocket", (socket) => {
            socket.on("close", () =>
              reject(new Error(`${name}: the server has ended the session`)),
            );
          });
        });
        // An unhandled rejection would end the process.
        sessionLost.catch(() => undefined);
        const cdp = await context.newCDPSession(page);
        await cdp.send("Network.enable");
        await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
        if (network) await cdp.send("Network.emulateNetworkConditions", network);
        await bench.profile?.start(cdp);
        const address = new URLSearchParams({ case: name, client, ...query });
        await page.goto(`${harness.url}/?${address}`, { waitUntil: "commit" });
        const drawnMs = await limited(
          Promise.race([page.evaluate(() => window.bench.drawn), sessionLost]),
          `${name} with the client ${client} was not drawn`,
        );
        const used = await limited(
          Promise.race([use({ page, cdp, drawnMs }), sessionLost]),
          `${name} with the client ${client} did not end`,
        );
        await bench.profile?.stop(cdp, client);
        return used;
      } finally {
        await context.close();
        await serverFree(harness.url);
      }
    },
    async visitUnwatched(visit, use = async ({ page: _page, ...opened }) => opened) {
      const { name, client, query = {}, drawn } = visit;
      const page = await openUnwatched(harness.browser, VIEWPORT);
      try {
        await page.addInitScript(inPage, drawn);
        await page.addInitScript(noteOpens);
        await bench.profile?.start(page);
        const address = new URLSearchParams({ case: name, client, ...query });
        await page.goto(`${harness.url}/?${address}`);
        const opened = await limited(
          page.evaluate(async () => ({
            drawnMs: await window.bench.drawn,
            ...window.bench.opens,
          })),
          `${name} with the client ${client} was not drawn`,
        );
        const used = await limited(
          use({ page, ...opened }),
          `${name} with the client ${client} did not end`,
        );
        await bench.profile?.stop(page, client);
        return used;
      } finally {
        await page.close();
        await serverFree(harness.url);
      }
    },
    async cpuMs() {
      const page = await fetch(`${harness.url}/?case=cpu_time&client=stock`);
      return Number(/id="cpu">(\d+)</.exec(await page.text())?.[1]);
    },
    stop: harness.stop,
  };
  return bench;
}

/**
 * Waits until the server has closed the widgets of the last session, which blocks it, and collected
 * garbage.
 */
async function serverFree(url) {
  for (const name of ["slider", "slider", "collected"]) {
    const response = await fetch(`${url}/?case=${name}`);
    await response.arrayBuffer();
  }
}

/** Rejects after a timeout, because scripts in a page have no timeout by default. */
async function limited(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
