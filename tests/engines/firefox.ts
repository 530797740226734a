/** Firefox, by WebDriver BiDi. */
import puppeteer from "puppeteer-core";
import { inject } from "vitest";
import { type Engine, type EnginePage, OURS, waitForSession } from "./engine.js";
import { gesturesOf } from "./gestures.js";
import { onDisplay } from "./programs.js";

/** Firefox requests it; the app has no icon. */
const FAVICON = /favicon\.ico/;

export async function startFirefox(): Promise<Engine> {
  // The profile is a temporary one, made and removed by puppeteer.
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: inject("firefox"),
    headless: false,
    timeout: 90_000,
    defaultViewport: { width: 1200, height: 900 },
    env: {
      ...onDisplay(inject("display")),
      // The sandbox does not work for root, which is who runs in most containers.
      ...(process.getuid?.() === 0 ? { MOZ_DISABLE_CONTENT_SANDBOX: "1" } : {}),
    },
  });
  return {
    async open(url) {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("console", (message) => {
        const told = message.text();
        if (message.type() === "error" || (message.type() === "warn" && OURS.test(told))) {
          faults.push(`console: ${told}`);
        }
      });
      page.on("pageerror", (error) => {
        faults.push(`uncaught: ${error instanceof Error ? error.stack : String(error)}`);
      });
      page.on("response", (response) => {
        if (response.status() >= 400 && !FAVICON.test(response.url())) {
          faults.push(`status ${response.status()}: ${response.url()}`);
        }
      });
      await page.goto(url, { timeout: 60_000 });
      const enginePage: EnginePage = {
        evaluate: (run, ...args) =>
          page.evaluate(`(${run}).apply(null, ${JSON.stringify(args)})`) as Promise<never>,
        ...gesturesOf(page),
        faults: async () => faults,
        screenshot: () => page.screenshot({ encoding: "base64" }),
        close: () => page.close(),
      };
      await waitForSession(enginePage);
      return enginePage;
    },
    close: () => browser.close(),
  };
}
