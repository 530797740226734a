/** A page that records its faults: console errors, uncaught errors, requests to other hosts. */
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";

export interface WatchedPage {
  readonly page: Page;
  /** Console errors, uncaught errors and requests to other hosts. */
  readonly faults: string[];
  readonly requests: string[];
  readonly warnings: string[];
}

/** How long a page may take for anything: long, because other files use the processors too. */
const PATIENCE_MS = 60_000;

/** How many times slower pages run, to find tests that read a page too early. */
const CPU_THROTTLE = Number(process.env.CPU_THROTTLE ?? 1);

/** Chromium requests it; the app has no icon. */
const FAVICON = /favicon\.ico/;

/** Addresses of other hosts that maps request, which the tests answer. */
const MAPS = {
  // deck.gl requests it for every map.
  "https://api.tiles.mapbox.com/mapbox-gl-js/v1.2.1/mapbox-gl.css": "text/css",
  "https://tile.openstreetmap.org/": "image/svg+xml",
};
const TILE = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">
  <rect width="256" height="256" fill="#dde6df" stroke="#fff" /></svg>`;

let browser: Browser;
let context: BrowserContext;

/** Gives a test file its browser context. Call once, at the top of the file. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.connect(inject("browserEndpoint"));
    context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  });
  afterAll(async () => {
    await context?.close();
    await browser?.close();
  });
}

/**
 * Opens an address.
 *
 * @param own instead of the file's own context
 * @param session whether to wait until Shiny has a session
 * @param prepare called with the page while it is still empty; its promise is awaited
 */
export async function openUrl(
  url: string,
  {
    own = context,
    session = true,
    prepare,
  }: { own?: BrowserContext; session?: boolean; prepare?: (page: Page) => unknown } = {},
): Promise<WatchedPage> {
  const page = await own.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  if (CPU_THROTTLE > 1) {
    const devtools = await own.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_THROTTLE });
  }
  await prepare?.(page);
  for (const [address, contentType] of Object.entries(MAPS)) {
    const body = contentType === "text/css" ? "" : TILE;
    await page.route(`${address}**`, (route) => route.fulfill({ contentType, body }));
  }
  const faults: string[] = [];
  const requests: string[] = [];
  const warnings: string[] = [];
  const { host } = new URL(url);
  page.on("console", (message) => {
    if (message.type() === "warning") warnings.push(message.text());
    if (message.type() === "error" && !FAVICON.test(message.location().url)) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    requests.push(request.url());
    const target = new URL(request.url());
    const foreign = /^https?:$/.test(target.protocol) && target.host !== host;
    if (foreign && !Object.keys(MAPS).some((address) => request.url().startsWith(address))) {
      faults.push(`request to another host: ${request.url()}`);
    }
  });
  await page.goto(url);
  if (!session) return { page, faults, requests, warnings };
  await page.waitForFunction(() => {
    const { Shiny } = window as unknown as {
      Shiny?: { shinyapp?: { isConnected(): boolean } };
    };
    return Shiny?.shinyapp?.isConnected() === true;
  });
  return { page, faults, requests, warnings };
}

/** Opens a page of the gallery. */
export function openGallery(name: string): Promise<WatchedPage> {
  return openUrl(`${inject("galleryUrl")}/?page=${name}`);
}

/** Ends a test: closes the page, which must have no fault and no widget that shows an error. */
export async function expectNoFaults(watched: WatchedPage): Promise<void> {
  await expectFaultless(watched);
  await watched.page.close();
}

async function expectFaultless({ page, faults }: WatchedPage): Promise<void> {
  const alerts = await page.locator(".shiny-comm-error, .shiny-output-error").allTextContents();
  expect(alerts.filter((text) => text.trim() !== "")).toEqual([]);
  expect(faults).toEqual([]);
}

/**
 * Opens one page for all tests of a `describe`, each of which uses other widgets. The page must have no fault
 * after any test.
 *
 * @returns the page, once the tests run
 */
export function usePage(open: () => Promise<WatchedPage>): () => Page {
  let watched: WatchedPage;
  beforeAll(async () => {
    watched = await open();
  });
  afterEach(() => expectFaultless(watched));
  afterAll(() => watched?.page.close());
  return () => watched.page;
}

/** Waits until an element's text is as expected; the failure shows what it was last. */
export async function expectText(
  page: Page,
  selector: string,
  expected: string | RegExp,
): Promise<void> {
  await expect
    .poll(() => page.locator(selector).first().textContent())
    .toMatch(
      typeof expected === "string" ? new RegExp(`^\\s*${escapeRegExp(expected)}\\s*$`) : expected,
    );
}

/** Moves the clock of a page on until an element appears. The page must have an installed clock. */
export async function expectInTime(page: Page, element: Locator): Promise<void> {
  await expect
    .poll(async () => {
      await page.clock.fastForward(1_000);
      return element.count();
    })
    .toBeGreaterThan(0);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
