/** Chromium as an engine of the tests of hosts. */
import { type Browser, chromium, type Frame, type Page } from "playwright-core";
import { BROWSER_ARGS, findBrowser } from "../../scripts/browser.mjs";
import { type Engine, type EnginePage, OURS, waitForSession } from "../engines/engine.js";
import { gesturesOf } from "../engines/gestures.js";

/** Chromium requests it; the app has no icon. */
const FAVICON = /favicon\.ico/;

/** @param findApp returns the frame of a page in which the app is; by default the page itself */
export async function startChromium(
  findApp: (page: Page) => Promise<Page | Frame> = async (page) => page,
): Promise<Engine> {
  const browser: Browser = await chromium.launch({
    executablePath: findBrowser(),
    args: BROWSER_ARGS,
  });
  return {
    async open(url) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      const faults: string[] = [];
      page.on("console", (message) => {
        const told = message.text();
        if (FAVICON.test(message.location().url)) return;
        if (message.type() === "error" || (message.type() === "warning" && OURS.test(told))) {
          faults.push(`console: ${told} ${message.location().url}`);
        }
      });
      page.on("pageerror", (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
      await page.goto(url);
      const app = await findApp(page);
      const enginePage: EnginePage = {
        evaluate: (run, ...args) =>
          app.evaluate(`(${run}).apply(null, ${JSON.stringify(args)})`) as Promise<never>,
        ...gesturesOf(page),
        faults: async () => faults,
        screenshot: async () => (await page.screenshot()).toString("base64"),
        // Each page has a separate context.
        close: () => page.context().close(),
      };
      await waitForSession(enginePage);
      return enginePage;
    },
    close: () => browser.close(),
  };
}
