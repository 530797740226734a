/** The examples in R, served by their command and driven as a user would. `r.test.ts` has 06-r. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startExample } from "../../scripts/example.mjs";
import type { ShinyServer } from "../../scripts/python.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";

const servers = new Map<string, ShinyServer>();

useBrowser();

beforeAll(async () => {
  const names = ["07-r-dashboard", "08-r-points", "09-r-leaflet"];
  await Promise.all(
    names.map(async (name) => {
      servers.set(name, await startExample(name));
    }),
  );
}, 600_000);

afterAll(() => Promise.all(Array.from(servers.values(), (server) => server.stop())));

async function open(name: string): Promise<WatchedPage> {
  const server = servers.get(name);
  if (!server) throw new Error(`${name} is not served`);
  return openUrl(server.url);
}

async function expectEmptyConsole(watched: WatchedPage): Promise<void> {
  expect(watched.warnings).toEqual([]);
  await expectNoFaults(watched);
}

/** Draws with the mouse over an element; the places are parts of its width and height. */
async function drag(page: Page, selector: string, ...places: [number, number][]): Promise<void> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not on the page`);
  for (const [index, [x, y]] of places.entries()) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 5 });
    if (index === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

test("07-r-dashboard: a slider changes the plots, a box over a plot the slider, and links run on the page", async () => {
  const watched = await open("07-r-dashboard");
  const { page } = watched;
  await expectText(page, ".tiles", /236 %\s*DAX/);
  await page.locator("#lines img").waitFor();
  await page.locator("#changes img").waitFor();

  await page.locator("#controls .widget-hslider .noUi-handle").last().press("ArrowRight");
  await expect.poll(() => page.locator("#controls input[type=number]").inputValue()).toBe("11");

  const period = page.locator("#controls .widget-label", { hasText: " to " });
  await page.locator("#controls .noUi-handle-lower").first().press("ArrowRight");
  await expect.poll(() => period.textContent()).toBe("Aug 1991 to Sep 1998");
  await expectText(page, ".tiles", /23[0-57-9] %\s*DAX/);

  // An image that loads ends the drag of a box over its predecessor.
  await page.waitForFunction(() => {
    const image = document.querySelector<HTMLImageElement>("#lines img");
    return !document.documentElement.classList.contains("shiny-busy") && image?.complete;
  });
  await drag(page, "#lines", [0.4, 0.5], [0.6, 0.6]);
  await expect.poll(() => period.textContent()).toMatch(/199[3-5] to \w+ 199[5-7]$/);
  await page.locator("#controls button", { hasText: "All data" }).click();
  await expect.poll(() => period.textContent()).toBe("Jul 1991 to Sep 1998");
  await expectEmptyConsole(watched);
});

test("08-r-points: rows in a lasso reach R as bytes, and R selects rows and sends other points", async () => {
  const watched = await open("08-r-points");
  const { page } = watched;
  const canvas = page.locator("canvas.cloud");
  const selected = () => canvas.getAttribute("data-selected");
  await expectText(page, "#count", "Draw a lasso");
  await drag(page, "canvas.cloud", [0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7]);
  await expectText(page, "#count", /^\d+,\d{3} selected rows$/);
  const count = ((await page.textContent("#count")) ?? "").replace(/\D/g, "");
  expect(await selected()).toBe(count);

  await page.click("#far");
  await expectText(page, "#count", "5,000 selected rows");
  await expect.poll(selected).toBe("5000");

  const pixels = () => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL());
  const before = await pixels();
  await page.locator("#sliders .noUi-handle").first().press("ArrowRight");
  await expect.poll(selected).toBe("0");
  await expectText(page, "#count", "Draw a lasso");
  await expect.poll(pixels).not.toBe(before);
  await expectEmptyConsole(watched);
});

test("09-r-leaflet: R follows the map and a click, changes its layers, and moves it", async () => {
  const watched = await open("09-r-leaflet");
  const { page } = watched;
  const circles = page.locator("#map path.leaflet-interactive");
  await expectText(page, "#count", /^1\d\d earthquakes in view$/);
  const inView = async () => Number.parseInt((await page.textContent("#count")) ?? "", 10);
  const first = await inView();
  // As many as R's strongest earthquakes of magnitude 5 and more.
  const all = 120;
  await expect.poll(() => circles.count()).toBe(all);
  // The last circle is above the others.
  await circles.last().click();
  await expectText(page, "#clicked", /lat\s*long\s*depth[\s\S]*\d/);

  await page.locator("#map .noUi-handle").press("PageUp");
  await expect.poll(() => circles.count()).toBeLessThan(all);
  await expect.poll(inView).toBeLessThan(first);
  const few = await inView();
  await page.locator(".leaflet-control-zoom-in").click();
  // R has the new bounds, so the zoom has ended: Leaflet ignores a zoom by R while another runs.
  await expect.poll(inView).toBeLessThan(few);
  await expectText(page, ".leaflet-control-scale-line", "200 km");

  await page.click("#deepest");
  await expectText(page, ".leaflet-control-scale-line", /^(50|100) km$/);
  await expectEmptyConsole(watched);
});
