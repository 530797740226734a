/** Finds a Chromium for the tests, or installs Debian's where that is allowed, or says what to do. */
import { findPrograms } from "./programs.mjs";

/** @type {import("./programs.mjs").Program} */
const CHROMIUM = {
  name: "Chromium or Chrome",
  variable: "CHROMIUM",
  places: [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ],
  debian: "chromium",
};

/** Nothing that a browser would do by itself: no updates, no telephoning home. */
export const BROWSER_ARGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // The sandbox does not work for root, which is who runs in most containers.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/**
 * Options of Vitest projects with browsers: three files at a time on any machine, because a file waits for
 * half of its time. They start after the files that keep a processor busy.
 */
export const WITH_BROWSERS = { maxWorkers: 3, sequence: { groupOrder: 1 } };

/**
 * What the tests that run in a browser, by Vitest's browser mode, say of it.
 *
 * @param {typeof import("@vitest/browser-playwright").playwright} playwright
 * @returns {import("vitest/node").BrowserConfigOptions}
 */
export function browserMode(playwright) {
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({
      launchOptions: {
        // Looked for when it is needed: the other projects run without one.
        get executablePath() {
          return findBrowser();
        },
        args: BROWSER_ARGS,
      },
    }),
    instances: [{ browser: "chromium" }],
  };
}

/**
 * The path of a Chromium or Chrome: from the variable `CHROMIUM`, else from the usual places, else
 * installed by apt when this is root on Debian.
 *
 * @param {(line: string) => void} log takes progress
 * @returns {string}
 * @throws {Error} saying in one sentence what to install or set
 */
export function findBrowser(log = console.log) {
  const [chromium] = findPrograms([CHROMIUM], log);
  return chromium;
}
