/** Widget packages from PyPI whose front end is only a labextension, with `shiny_comm.use()`. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser } from "./page.js";

useBrowser();

let server: ShinyServer;

beforeAll(async () => {
  const requirements = join(import.meta.dirname, "packages/labextensions.lock.txt");
  const python = await ensurePython({ requirements, log: (line) => console.log(line) });
  server = await startShiny({ python, app: join(import.meta.dirname, "apps/labextensions.py") });
}, 300_000);

afterAll(() => server?.stop());

const open = (name: string) => openUrl(`${server.url}/?package=${name}`);

/** The number of pixels of about this color in the widget's canvases. */
function countPixels(page: Page, within: string, color: readonly number[]): Promise<number> {
  return page
    .locator(within)
    .first()
    .evaluate((el, [red = 0, green = 0, blue = 0]) => {
      const frame = el instanceof HTMLIFrameElement ? el.contentDocument : undefined;
      let count = 0;
      for (const canvas of (frame ?? el).querySelectorAll("canvas")) {
        const context = canvas.getContext("2d");
        if (!context || canvas.width === 0) continue;
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4) {
          const near = (at: number, wanted: number) => Math.abs((data[i + at] ?? 0) - wanted) < 12;
          if (near(0, red) && near(1, green) && near(2, blue) && data[i + 3]) count += 1;
        }
      }
      return count;
    }, color);
}

const WAVE = [0, 100, 255];
const SEGMENT = [255, 100, 14];
const POINT = [0, 128, 0];

test("peaksjs-widget draws a sound, tells Python of a segment, and follows Python", async () => {
  const watched = await open("peaksjs");
  const { page } = watched;
  const zoomed = "#widget .widget-hbox >> nth=0";
  await expect.poll(() => countPixels(page, zoomed, WAVE)).toBeGreaterThan(1_000);
  await expect.poll(() => countPixels(page, zoomed, SEGMENT)).toBeGreaterThan(1_000);
  const before = await countPixels(page, zoomed, SEGMENT);
  await page.locator(zoomed).click({ position: { x: 100, y: 100 }, modifiers: ["Alt"] });
  await expectText(page, "#told", "new segment 0");
  await expect.poll(() => countPixels(page, zoomed, SEGMENT)).toBeGreaterThan(before + 100);
  // The point has another color.
  await page.click("#change");
  await expect.poll(() => countPixels(page, zoomed, POINT)).toBeGreaterThan(100);
  await expectNoFaults(watched);
});

test("ipyforcegraph draws a graph, without a service of JupyterLab, and follows Python", async () => {
  const watched = await open("forcegraph");
  const { page } = watched;
  await expect.poll(() => countPixels(page, "#widget iframe", [255, 0, 0])).toBeGreaterThan(100);
  await page.click("#change");
  await expect.poll(() => countPixels(page, "#widget iframe", [0, 0, 255])).toBeGreaterThan(100);
  await expectNoFaults(watched);
});

test.each([
  [
    "ipylab",
    "the plugin ipylab:plugin of the labextension ipylab requires @jupyterlab/mainmenu:IMainMenu of JupyterLab",
  ],
  ["flex", "the labextension ipyflex requires the package react of JupyterLab"],
])("%s, which requires JupyterLab, is replaced by an error with the reason", async (name, text) => {
  const { page } = await open(name);
  await page.locator("#widget .shiny-comm-error").waitFor();
  expect(await page.locator("#widget .shiny-comm-error").textContent()).toContain(text);
  await page.close();
});
