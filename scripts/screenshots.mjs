/** `npm run screenshots`: takes pictures of the gallery, light and dark, into docs/pictures/. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { BROWSER_ARGS, findBrowser } from "./browser.mjs";
import { ensurePython, startShiny } from "./python.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const GALLERY = path.join(ROOT, "examples/01-gallery");
const PICTURES = path.join(ROOT, "docs/pictures");
const THEMES = /** @type {const} */ (["light", "dark"]);

const WIDTH = 1100;
/** The window's height until the height of the picture is known. */
const HEIGHT = 700;
/** The space below the last card. */
const MARGIN = 12;

/**
 * @typedef {object} Picture
 * @property {string} name the start of the file's name, before `-light.png` and `-dark.png`
 * @property {string} page the gallery's page
 * @property {string} drawn the selector of an element of the last widget
 * @property {number} [height] the height in pixels; by default, the picture includes all cards
 * @property {(page: import("playwright-core").Page) => Promise<void>} [prepare] prepares the page
 */

/** @type {Picture[]} */
const LIST = [
  { name: "controls", page: "controls", drawn: "#html_math .katex", height: 808 },
  { name: "containers", page: "containers", drawn: "#output_all .katex", height: 608 },
  { name: "plotly", page: "plotly", drawn: "#plotly_figure .js-line" },
  { name: "altair", page: "altair", drawn: "#altair_chart canvas, #altair_chart svg" },
  { name: "ipyleaflet", page: "ipyleaflet", drawn: "#ipyleaflet_map .leaflet-marker-icon" },
  { name: "bokeh", page: "bokeh", drawn: "#bokeh_figure .bk-Figure" },
  { name: "pydeck", page: "pydeck", drawn: "#pydeck_map canvas" },
  { name: "quak", page: "quak", drawn: "#quak_table th:nth-child(5) svg" },
  { name: "bqplot", page: "bqplot", drawn: "#bqplot_figure path.line" },
  {
    name: "anywidget",
    page: "anywidget",
    drawn: ".binary-widget .down-trait",
    async prepare(page) {
      for (const button of ["up-message", "up-trait", "up-command"]) {
        await page.locator(`button.${button}`).click();
      }
      await page.click("#anywidget_send");
      await page.getByText("[9,8,7,6,5,4,3,2,1,0]").waitFor();
    },
  },
  {
    name: "inspector",
    page: "rerender",
    drawn: "#rerender_box .noUi-handle",
    height: 760,
    async prepare(page) {
      await page.evaluate("ShinyComm.inspect()");
      const panel = page.locator(".shiny-comm-inspector");
      const slider = panel.locator("tr", { hasText: "IntSliderModel" });
      await slider.locator("button").click();
      for (let move = 1; move <= 3; move += 1) {
        await page.locator("#rerender_box .noUi-handle").press("ArrowRight");
        await slider
          .getByText(new RegExp(`^${move} \\(`))
          .nth(1)
          .waitFor();
      }
    },
  },
];

/** Takes the named pictures, or all. */
async function main() {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !LIST.some((picture) => picture.name === name));
  if (unknown) throw new Error(`Unknown picture: ${unknown}`);
  const wanted = LIST.filter(({ name }) => names.length === 0 || names.includes(name));

  const python = await ensurePython({
    requirements: path.join(GALLERY, "requirements.lock.txt"),
    log: console.log,
  });
  const server = await startShiny({
    python,
    app: path.join(GALLERY, "app.py"),
    port: 0,
    // Only map tiles come from other hosts.
    env: { GALLERY_TILES: "0" },
  });
  const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_ARGS });
  try {
    for (const theme of THEMES) {
      const context = await browser.newContext({
        viewport: { width: WIDTH, height: HEIGHT },
        colorScheme: theme,
        reducedMotion: "reduce",
      });
      for (const picture of wanted) await take(context, server.url, picture, theme);
      await context.close();
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

/**
 * @param {import("playwright-core").BrowserContext} context
 * @param {string} url the gallery's address
 * @param {Picture} picture
 * @param {string} theme
 */
async function take(context, url, { name, page: of, drawn, height, prepare }, theme) {
  const page = await context.newPage();
  // deck.gl requests this part of hidden map tiles from another host.
  await page.route(/mapbox-gl\.css$/, (route) => route.fulfill({ contentType: "text/css" }));
  await page.goto(`${url}/?page=${of}`);
  await page.locator(drawn).first().waitFor({ state: "attached", timeout: 60_000 });
  await page.waitForFunction(everythingDrawn);
  await prepare?.(page);
  await page.setViewportSize({
    width: WIDTH,
    height: height ?? Math.ceil(await page.evaluate(endOfCards)) + MARGIN,
  });
  const file = path.join(PICTURES, `${name}-${theme}.png`);
  const bytes = await settled(page, name);
  await writeFile(file, bytes);
  console.log(`${path.relative(ROOT, file)}: ${Math.ceil(bytes.length / 1024)} KiB`);
  await page.close();
}

/** Runs in the page: returns whether each visible output has its widget, and Shiny is idle. */
function everythingDrawn() {
  const outputs = [...document.querySelectorAll(".shiny-ipywidget-output")];
  return (
    !document.documentElement.classList.contains("shiny-busy") &&
    document.fonts.status === "loaded" &&
    outputs.every((el) => !el.checkVisibility() || el.querySelector(".lm-Widget"))
  );
}

/** Runs in the page: returns the end of the last visible card. */
function endOfCards() {
  const cards = [...document.querySelectorAll(".card")].filter((card) => card.checkVisibility());
  return Math.max(...cards.map((card) => card.getBoundingClientRect().bottom));
}

/**
 * Takes pictures until two in a row are the same, because canvases draw asynchronously.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @returns {Promise<Buffer>}
 */
async function settled(page, name) {
  let before = Buffer.alloc(0);
  for (let take = 0; take < 50; take += 1) {
    const now = await page.screenshot({ animations: "disabled", caret: "hide" });
    if (now.equals(before)) return now;
    before = now;
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  }
  throw new Error(`${name}: the page keeps changing.`);
}

await main();
