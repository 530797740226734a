/** Pages for measurements: each in a context of its own, without a cache, and measured from its navigation on. */
import { startHarness } from "../reliability/harness.mjs";
import { inPage, noteOpens } from "./in-page.mjs";
import { openUnwatched } from "./unwatched.mjs";

/** Sliders of either client: ours has ipywidgets 8's, the stock one those of ipywidgets 7. */
export const HANDLE = ".noUi-handle, .ui-slider-handle";

/** 10 Mbit/s and 40 ms. */
export const SLOW_NETWORK = {
  offline: false,
  latency: 40,
  downloadThroughput: 10e6 / 8,
  uploadThroughput: 10e6 / 8,
};

/** The longest that anything may take, in ms: the heaviest page takes a minute on two busy cores. */
const TIMEOUT_MS = 120_000;

const VIEWPORT = { width: 1000, height: 800 };

/**
 * @typedef {object} Visit
 * @property {string} name of the case
 * @property {import("../reliability/harness.mjs").Client} client
 * @property {Record<string, string | number>} [query]
 * @property {{ selector: string, count: number }} drawn what the page shows when it is there
 * @property {object} [network] for CDP's Network.emulateNetworkConditions
 * @property {(response: import("playwright-core").Response) => void} [onResponse]
 */

/**
 * @typedef {object} Visited
 * @property {import("playwright-core").Page} page
 * @property {import("playwright-core").CDPSession} cdp
 * @property {number} drawnMs from navigation until all was drawn
 */

/**
 * When a page had what, in ms from its navigation on.
 *
 * @typedef {object} Opened
 * @property {number} drawnMs
 * @property {number} firstOpenMs the socket had the first model's open
 * @property {number} lastOpenMs
 */

/**
 * A server and a browser.
 *
 * @typedef {object} Bench
 * @property {import("playwright-core").Browser} browser
 * @property {<T>(visit: Visit, use?: (visited: Visited) => Promise<T>) => Promise<T>} visit opens a page, and
 *   closes it after its use; without a use it settles with `drawnMs`
 * @property {<T>(visit: Visit, use?: (visited: Opened & { page: import("./unwatched.mjs").UnwatchedPage }) =>
 *   Promise<T>) => Promise<T>} visitUnwatched the same without developer tools
 * @property {import("./profile.mjs").Profile | undefined} profile takes what the pages' time was spent on
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string[]} [run] what Python runs instead of `shiny run`, with the same arguments
 * @returns {Promise<Bench>}
 */
export async function startBench(run) {
  const harness = await startHarness({ app: "bench/app.py", run });
  /** @type {Bench} */
  const bench = {
    browser: harness.browser,
    profile: undefined,
    async visit(visit, use = async ({ drawnMs }) => drawnMs) {
      const { name, client, query = {}, drawn, network, onResponse } = visit;
      const context = await harness.browser.newContext({ viewport: VIEWPORT });
      try {
        context.setDefaultTimeout(TIMEOUT_MS);
        await context.addInitScript(inPage, drawn);
        const page = await context.newPage();
        if (onResponse) page.on("response", onResponse);
        const sessionLost = new Promise((_, reject) => {
          page.on("websocket", (socket) => {
            socket.on("close", () =>
              reject(new Error(`${name}: the server has ended the session`)),
            );
          });
        });
        // It may be lost when nobody waits for it any more.
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
    stop: harness.stop,
  };
  return bench;
}

/** Waits until the server has closed the last session's widgets, which keeps it from answering, and collected what they left. */
async function serverFree(url) {
  for (const name of ["slider", "slider", "collected"]) {
    const response = await fetch(`${url}/?case=${name}`);
    await response.arrayBuffer();
  }
}

/** A promise that is given up after a while: what runs inside a page has no time-out of its own. */
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
