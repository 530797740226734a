/** The gallery as it is hosted: below a path of a real nginx, with two workers, each browser on one of them. */
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startNginx } from "../../scripts/nginx.mjs";
import { ensurePython, startShiny } from "../../scripts/python.mjs";
import { expectNoFaults, expectText, openUrl, type WatchedPage } from "./page.js";
import { expectDisconnected, NETWORK, reconnect } from "./session.js";

const gallery = join(import.meta.dirname, "../../examples/01-gallery");
const PREFIX = "/apps/widgets/";

let browser: Browser;
let workers: Awaited<ReturnType<typeof startShiny>>[] = [];
let nginx: Awaited<ReturnType<typeof startNginx>>;

beforeAll(async () => {
  browser = await chromium.connect(inject("browserEndpoint"));
  const python = await ensurePython({ requirements: join(gallery, "requirements.lock.txt") });
  const start = () =>
    startShiny({ python, app: join(gallery, "app.py"), env: { GALLERY_TILES: "0" } });
  workers = await Promise.all([start(), start()]);
  const [one, two] = workers.map(({ url }) => Number(new URL(url).port));
  if (!one || !two) throw new Error("two workers were started");
  nginx = await startNginx({ prefix: PREFIX, workers: { one, two } });
});

afterAll(async () => {
  await browser?.close();
  await nginx?.stop();
  await Promise.all(workers.map((worker) => worker.stop()));
});

/** Pages of the gallery, each with a drawn element and a file that it loads: every kind of file is requested. */
const PAGES: [name: string, drawn: string, loaded: RegExp][] = [
  ["controls", "#int_slider .noUi-handle", /\/chunks\/controls-core-[^/]*\.js$/],
  ["anywidget", ".binary-widget .down-trait", /\/chunks\/anywidget-[^/]*\.js$/],
  ["ipyleaflet", "#ipyleaflet_map .leaflet-marker-icon", /jupyter-leaflet[^/]*\/index\.js$/],
];

async function openPage(worker: string, name: string): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  await context.addCookies([{ name: "worker", value: worker, domain: "127.0.0.1", path: PREFIX }]);
  return openUrl(`${nginx.url}?page=${name}`, { own: context });
}

test.each(["one", "two"])(
  "every file is found and widgets work below a path, on the worker %s",
  async (worker) => {
    const seen = nginx.requests().length;
    for (const [name, drawn, loaded] of PAGES) {
      const watched = await openPage(worker, name);
      const { page } = watched;
      await page.locator(drawn).first().waitFor();
      expect(watched.requests.filter((url) => loaded.test(new URL(url).pathname))).toHaveLength(1);
      if (name === "controls") {
        await page.locator("#int_slider .noUi-handle").press("ArrowRight");
        await expectText(page, "#int_slider_value", /^\s*6\s*$/);
        // Icons come from a font file.
        await page.waitForFunction(() =>
          [...document.fonts].some(
            ({ family, status }) => /FontAwesome/.test(family) && status === "loaded",
          ),
        );
      }
      if (name === "anywidget") {
        await page.click("#anywidget_trait_set");
        await expectText(page, ".down-trait", /^2000 /);
      }
      if (name === "ipyleaflet") {
        // Where widgets look for their pictures.
        const status = await page.evaluate(async () => {
          const { baseUrl } = document.body.dataset;
          return (await fetch(`${baseUrl}nbextensions/jupyter-leaflet/index.js`)).status;
        });
        expect(status).toBe(200);
      }
      await expectNoFaults(watched);
      await page.context().close();
    }
    const isOver = ({ path }: { path: string }) => path === `${PREFIX}websocket/`;
    // A websocket is in the log when it is closed.
    await expect.poll(() => nginx.requests().slice(seen).filter(isOver).length).toBe(PAGES.length);
    const requests = nginx
      .requests()
      .slice(seen)
      .filter(({ path }) => !path.includes("favicon"));
    // nginx has its own status for a request that a closed page has left behind.
    expect(requests.filter(({ status }) => status >= 400 && status !== 499)).toEqual([]);
    expect(new Set(requests.map((request) => request.worker))).toEqual(new Set([worker]));
  },
);

test("a new browser stays on its worker, also for the session after a lost one", async () => {
  const seen = nginx.requests().length;
  const watched = await openUrl(`${nginx.url}?page=rerender`, { own: await browser.newContext() });
  const { page } = watched;
  await page.locator("#rerender_box .noUi-handle").waitFor();
  await page.evaluate(() => {
    const { Shiny } = globalThis as unknown as {
      Shiny: { shinyapp: { $socket: WebSocket } };
    };
    Shiny.shinyapp.$socket.close();
  });
  await expectDisconnected(page);
  await reconnect(page);
  await page.locator("#rerender_box .noUi-handle").waitFor();
  await page.locator("#rerender_box input[type=text]").fill("still live");
  await expectText(page, "#rerender_value", /still live/);
  expect(watched.faults.filter((fault) => !NETWORK.test(fault))).toEqual([]);
  await page.context().close();
  const own = () => nginx.requests().slice(seen);
  await expect.poll(() => own().filter(({ path }) => path.endsWith("/websocket/")).length).toBe(2);
  expect(new Set(own().map(({ worker }) => worker)).size).toBe(1);
});
