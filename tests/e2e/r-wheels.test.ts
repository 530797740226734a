/** Widgets of Python packages in R, from their wheels of PyPI: drawing, changes by R, values from the page. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ensurePython,
  ensureWheels,
  freePort,
  type ShinyServer,
  startServer,
} from "../../scripts/python.mjs";
import { ensureRPackage, startRShiny } from "../../scripts/r.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";

const app = join(import.meta.dirname, "apps/r_wheels");
const gallery = join(import.meta.dirname, "../../examples/01-gallery/requirements.lock.txt");

let server: ShinyServer;
let database: ShinyServer;
let python: string;
let env: Record<string, string>;

useBrowser();

beforeAll(async () => {
  const wheels = await ensureWheels({ requirements: join(app, "requirements.txt") });
  python = await ensurePython({ requirements: gallery });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  database = await startServer({
    command: python,
    args: [join(app, "database.py"), String(port)],
    url: `${url}/json?SELECT%201`,
  });
  env = { WHEELS: wheels, DATABASE: url };
  server = await startRShiny({ app, env });
}, 600_000);

afterAll(async () => {
  await server?.stop();
  await database?.stop();
});

const open = (name: string): Promise<WatchedPage> => openUrl(`${server.url}/?widget=${name}`);
const change = (page: Page) => page.click("#inner-change");
const told = (page: Page, expected: string | RegExp) => expectText(page, "#inner-told", expected);

/** Returns the middle of an element. */
async function middleOf(page: Page, selector: string): Promise<{ x: number; y: number }> {
  const box = await page.locator(selector).first().boundingBox();
  if (!box) throw new Error(`${selector} is not visible`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags the mouse from a point by a distance. */
async function drag(page: Page, { x, y }: { x: number; y: number }, dx: number, dy: number) {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx / 2, y + dy / 2, { steps: 5 });
  await page.mouse.move(x + dx, y + dy, { steps: 5 });
  await page.mouse.up();
}

test("ipyleaflet: a map follows R, and R follows its zoom, its marker and a click on an area", async () => {
  const watched = await open("leaflet");
  const { page } = watched;
  await page.locator(".leaflet-marker-icon").waitFor();
  await page.locator("path.leaflet-interactive[stroke='#008000']").waitFor();
  await told(page, "zoom 10 center 52, 10 marker 52, 10");
  await page.locator("path.leaflet-interactive[stroke='#008000']").click();
  await told(page, /marker 52, 10 box$/);
  const marker = await middleOf(page, ".leaflet-marker-icon");
  await drag(page, marker, -150, 150);
  await told(page, /marker 52, 10 box$|marker 5[12], (9|10) box$/);
  await page.locator(".leaflet-control-zoom-in").click();
  await told(page, /^\s*zoom 11 /);
  await change(page);
  await told(page, /^\s*zoom 5 center -33, 151/);
  // The circle of the new layer.
  await page.locator("path.leaflet-interactive:not([stroke='#008000'])").waitFor();
  await expectText(page, ".leaflet-control-scale-line", "300 km");
  await expectNoFaults(watched);
});

test("bqplot: a figure draws bars and a line, follows R, and tells R of a selected bar", async () => {
  const watched = await open("bqplot");
  const { page } = watched;
  const line = page.locator("path.line").first();
  await line.waitFor();
  await expect.poll(() => page.locator("#inner-widget rect.bar").count()).toBe(3);
  await expectText(page, "#inner-widget .mainheading", "From R");
  const before = await line.getAttribute("d");
  await change(page);
  await expect.poll(() => line.getAttribute("d")).not.toBe(before);
  await page.locator("#inner-widget rect.bar").nth(2).click();
  // Rows are counted from 1.
  await told(page, "3");
  await expectNoFaults(watched);
});

/** Returns how many pixels of a canvas have about a color. */
const countPixels = (page: Page, color: readonly number[]) =>
  page
    .locator("#inner-widget canvas")
    .first()
    .evaluate((canvas: HTMLCanvasElement, [red = 0, green = 0, blue = 0]) => {
      const copy = document.createElement("canvas");
      copy.width = canvas.width;
      copy.height = canvas.height;
      const context = copy.getContext("2d");
      if (!context || canvas.width === 0) return 0;
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const near = (at: number, wanted: number) => Math.abs((data[i + at] ?? 0) - wanted) < 12;
        if (near(0, red) && near(1, green) && near(2, blue) && data[i + 3]) count += 1;
      }
      return count;
    }, color);

test("jupyter-scatter: 100,000 points arrive as bytes, and a lasso selects rows", async () => {
  const watched = await open("scatter");
  const { page } = watched;
  await expectText(page, "#inner-widget", /near[\s\S]*middle[\s\S]*far/);
  const nearColor = [86, 180, 233];
  await expect.poll(() => countPixels(page, nearColor)).toBeGreaterThan(500);
  await drag(page, await middleOf(page, "#inner-widget canvas"), 60, 60);
  await told(page, /^\s*\d{3,5} -?0(\.\d)?, \d\.\d/);
  await change(page);
  await expect.poll(() => countPixels(page, nearColor)).toBe(0);
  await expectNoFaults(watched);
});

test("plotly: a figure follows R, and tells R of a clicked point and a zoom", async () => {
  const watched = await open("plotly");
  const { page } = watched;
  await page.locator("#inner-widget .points path").nth(2).waitFor();
  await expectText(page, "#inner-widget .gtitle", "From R");
  // The figure has the size of its output, at first and later.
  const sizeOf = async (selector: string): Promise<(number | undefined)[]> => {
    const box = await page.locator(selector).first().boundingBox();
    return [box?.width, box?.height];
  };
  const expectFilled = () =>
    expect
      .poll(async () => [await sizeOf("#inner-widget .main-svg"), await sizeOf("#inner-widget")])
      .toSatisfy(([figure, output]: unknown[]) => isDeepStrictEqual(figure, output));
  await expectFilled();
  await page.setViewportSize({ width: 900, height: 700 });
  await expectFilled();
  const point = await middleOf(page, "#inner-widget .points path >> nth=1");
  await page.mouse.move(point.x, point.y);
  await page.mouse.click(point.x, point.y);
  await told(page, "trace 1 point 2 y 1");
  await change(page);
  await expectText(page, "#inner-widget .gtitle", "Changed by R");
  await expect.poll(() => page.locator("#inner-widget .bars .point").count()).toBe(3);
  await expect
    .poll(() => page.locator("#inner-widget .scatterlayer .point").first().getAttribute("style"))
    .toMatch(/fill: rgb\(255, 0, 0\)/);
  await drag(page, await middleOf(page, "#inner-widget .nsewdrag"), 150, 40);
  await told(page, /zoomed xaxis\.range/);
  await expectNoFaults(watched);
});

test("drawdata: drawn points are rows of a data frame, and R sets the points", async () => {
  const watched = await open("drawdata");
  const { page } = watched;
  await page.locator("#inner-widget svg[role=img]").waitFor();
  await drag(page, await middleOf(page, "#inner-widget svg[role=img]"), 80, 40);
  await told(page, "numeric x of 1 batches");
  await change(page);
  await expect.poll(() => page.locator("#inner-widget circle.drawn").count()).toBe(2);
  // drawdata itself sets an invalid height.
  const own = /<svg> attribute height/;
  watched.faults.splice(0, Infinity, ...watched.faults.filter((fault) => !own.test(fault)));
  await expectNoFaults(watched);
});

test("quak: a table shows the answers of a database in Arrow, and tells R of its SQL", async () => {
  const watched = await open("quak");
  const { page } = watched;
  await expectText(page, "#inner-widget .table-container", /Sepal_Length[\s\S]*setosa/);
  await told(page, /^\s*SELECT .* FROM "df"\s*$/);
  await drag(page, await middleOf(page, "#inner-widget thead svg[height='40']"), 25, 0);
  await told(page, /WHERE .*"Sepal_Length"/);
  await expectNoFaults(watched);
});

describe("widget_from_wheel()", () => {
  test("a labextension draws a sound of R's bytes, and tells R of a new segment", async () => {
    const watched = await open("peaksjs");
    const { page } = watched;
    await page.locator("#inner-widget canvas").first().waitFor();
    await expect.poll(() => countPixels(page, [0, 100, 255])).toBeGreaterThan(500);
    await page
      .locator("#inner-widget .widget-hbox >> nth=0")
      .click({ position: { x: 100, y: 100 }, modifiers: ["Alt"] });
    // From the start to the end, as an editable segment.
    await told(page, /^\s*0\.\d+ 0\.\d+ TRUE 1 #ff640e/);
    await expectNoFaults(watched);
  });

  test("an anywidget opens with the defaults of its class in Python", async () => {
    const watched = await open("barwidget");
    const { page } = watched;
    await expectText(page, "#inner-widget", /collection1[\s\S]*collection2/);
    // Two collections of five bins.
    await told(page, "10");
    await expectNoFaults(watched);
  });

  test("files of a wheel have a permanent address, with the version and a hash", async () => {
    const watched = await open("bqplot");
    await watched.page.locator("path.line").first().waitFor();
    const modules = watched.requests.filter((url) => url.includes("/index.js"));
    const paths = modules.map((url) => new URL(url).pathname.replace(/[0-9a-f]{12}/, "HASH"));
    expect(paths.sort()).toEqual([
      "/shiny-comm-bqplot-0.13.1-HASH/index.js",
      "/shiny-comm-bqscales-0.3.7-HASH/index.js",
    ]);
    const response = await fetch(modules[0] ?? "");
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-type")).toMatch(/javascript/);
    expect((await fetch(`${server.url}/nbextensions/bqplot/index.js`)).status).toBe(200);
    await expectNoFaults(watched);
  });
});

test("widgets open with the states of Python", async () => {
  const { rscript, env: library } = await ensureRPackage();
  const run = (command: string, args: string[]): unknown => {
    const { stdout, stderr, status } = spawnSync(command, args, {
      encoding: "utf8",
      env: { ...process.env, ...library, ...env },
    });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  const ours = run(rscript, [join(app, "states.R")]) as Record<string, unknown>;
  const theirs = run(python, ["-W", "ignore", join(app, "states.py")]) as Record<string, unknown>;
  expect(Object.keys(ours)).toEqual(Object.keys(theirs));
  for (const name of Object.keys(theirs)) expect([name, ours[name]]).toEqual([name, theirs[name]]);
});

test.each([
  ["in one file", "TRUE"],
  ["next to its files", "FALSE"],
])(
  "save_widget() shows widgets with AMD modules without a server, %s",
  async (_name, selfcontained) => {
    const { rscript, env: library } = await ensureRPackage();
    const folder = await mkdtemp(join(tmpdir(), "shiny-comm-r-wheels-"));
    const file = join(folder, "page.html");
    const code = `library(shinycomm)
    options(shinycomm.wheels = Sys.getenv("WHEELS"))
    map <- py_leaflet(py_leaflet_marker(c(52, 10)), center = c(52, 10), zoom = 6)
    figure <- py_bqplot(py_bqplot_lines(1:3, c(2, 1, 3)))
    save_widget(ipy_vbox(map, figure), ${JSON.stringify(file)}, selfcontained = ${selfcontained})`;
    const { stderr, status } = spawnSync(rscript, ["-e", code], {
      encoding: "utf8",
      env: { ...process.env, ...library, ...env },
    });
    expect(status, stderr).toBe(0);
    const watched = await openUrl(pathToFileURL(file).href, { session: false });
    await watched.page.locator(".leaflet-marker-icon").waitFor();
    await watched.page.locator("path.line").first().waitFor();
    await expectNoFaults(watched);
    await rm(folder, { recursive: true });
  },
);
