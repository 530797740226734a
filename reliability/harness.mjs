/** One Shiny server and one browser for all measurements; the same app is opened with either client. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { BROWSER_ARGS, findBrowser } from "../scripts/browser.mjs";
import { ensurePython, startShiny } from "../scripts/python.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The two clients that are measured. @typedef {"shiny-comm" | "stock"} Client */

/** @type {Client[]} */
export const CLIENTS = ["stock", "shiny-comm"];

/**
 * Starts an app of cases and Chromium.
 *
 * @param {object} [options]
 * @param {string} [options.app] its file, from the project's folder on
 * @param {Record<string, string>} [options.env] the server's environment, beside this process's own
 * @param {string[]} [options.run] what Python runs instead of `shiny run`, with the same arguments
 * @returns {Promise<Harness>}
 */
export async function startHarness({ app = "reliability/app.py", env = {}, run } = {}) {
  const python = await ensurePython({
    requirements: path.join(ROOT, "examples/01-gallery/requirements.lock.txt"),
    log: (line) => console.error(line),
  });
  const server = await startShiny({
    python,
    app: path.join(ROOT, app),
    port: 0,
    run,
    env,
  });
  return browserOn(server.url, [], () => server.stop());
}

/**
 * A browser on a server that is there.
 *
 * @param {string} url
 * @param {string[]} jsFlags
 * @param {() => Promise<void>} [andStop]
 * @returns {Promise<Harness>}
 */
async function browserOn(url, jsFlags, andStop = async () => {}) {
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: [
      ...BROWSER_ARGS,
      "--enable-precise-memory-info",
      `--js-flags=${["--expose-gc", ...jsFlags].join(" ")}`,
    ],
  });
  return {
    url,
    browser,
    open: (name, client, prepare) =>
      openPage(browser, `${url}/?case=${name}&client=${client}`, prepare),
    withFlags: (flags) => browserOn(url, flags),
    async stop() {
      await browser.close();
      await andStop();
    },
  };
}

/**
 * @typedef {object} Harness
 * @property {string} url the server's, without a slash at the end
 * @property {import("playwright-core").Browser} browser
 * @property {(name: string, client: Client, prepare?: () => void) => Promise<OpenPage>} open a case
 *   of the app, in a page of its own; `prepare` runs there before anything else
 * @property {(jsFlags: string[]) => Promise<Harness>} withFlags another browser, with flags of V8's,
 *   on the same server; to be stopped by itself
 * @property {() => Promise<void>} stop
 */

/**
 * @typedef {object} OpenPage
 * @property {import("playwright-core").Page} page its Shiny session is there
 * @property {string[]} errors of the console
 * @property {string[]} uncaught errors and rejections
 */

/** @returns {Promise<OpenPage>} */
async function openPage(browser, url, prepare) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
  if (prepare) await page.addInitScript(prepare);
  /** @type {string[]} */
  const errors = [];
  /** @type {string[]} */
  const uncaught = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico")) {
      errors.push(message.text());
    }
  });
  page.on("pageerror", (error) => uncaught.push(error.message));
  await page.goto(url);
  await page.waitForFunction(() => window.Shiny?.shinyapp?.$socket?.readyState === 1);
  return { page, errors, uncaught };
}
