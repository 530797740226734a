/** One Shiny server and one browser for all measurements; both clients open the same app. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { BROWSER_ARGS, findBrowser } from "../scripts/browser.mjs";
import { ensurePython, startShiny } from "../scripts/python.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The measured clients. @typedef {"shiny-comm" | "stock"} Client */

/** @type {Client[]} */
export const CLIENTS = ["stock", "shiny-comm"];

/**
 * Starts an app of cases and Chromium.
 *
 * @param {object} [options]
 * @param {string} [options.app] the file of the app, relative to the root of the repository
 * @param {Record<string, string>} [options.env] the server's environment, added to the environment
 * of this process
 * @param {string[]} [options.run] the Python code that replaces `shiny run`, with the same
 * arguments
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
 * Starts a browser for a running server.
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
 * @property {string} url the server's URL without a slash at the end
 * @property {import("playwright-core").Browser} browser
 * @property {(name: string, client: Client, prepare?: () => void) => Promise<OpenPage>} open opens
 * a case of the app in a new page, in which `prepare` runs first
 * @property {(jsFlags: string[]) => Promise<Harness>} withFlags starts another browser on the same
 * server, with flags of V8; the caller stops it
 * @property {() => Promise<void>} stop
 */

/**
 * @typedef {object} OpenPage
 * @property {import("playwright-core").Page} page a page with a Shiny session
 * @property {string[]} errors errors in the console
 * @property {string[]} uncaught uncaught errors and rejections
 */

/** @returns {Promise<OpenPage>} */
async function openPage(browser, url, prepare) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
  page.setDefaultTimeout(60_000);
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
