/** Finds a Chromium for the tests. */
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

/**
 * Chromium's features that no test needs. For each page, Chromium 156 loads two pages of its address bar, which
 * take more time than the page itself.
 */
const UNUSED_FEATURES = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"];

/** The features that Playwright disables: Chromium reads only the last list. */
const PLAYWRIGHTS_FEATURES = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "TcpPortRandomizationWin",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];

/** Switches off the browser's background work: updates, synchronization, reports. */
export const BROWSER_ARGS = [
  `--disable-features=${[...PLAYWRIGHTS_FEATURES, ...UNUSED_FEATURES].join(",")}`,
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // The sandbox does not work for root, the usual user in containers.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/**
 * Options of Vitest projects with browsers: three files at a time on any machine, because a file waits for
 * half of its time. They start after the files that keep a processor busy.
 */
export const WITH_BROWSERS = { maxWorkers: 3, sequence: { groupOrder: 1 } };

/**
 * Returns the options of Vitest's browser mode.
 *
 * @param {typeof import("@vitest/browser-playwright").playwright} playwright
 * @returns {import("vitest/node").BrowserConfigOptions}
 */
export function browserMode(playwright) {
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    // A first run bundles the packages before its first page connects.
    connectTimeout: 180_000,
    provider: playwright({
      launchOptions: {
        // A getter, because the other projects run without a browser.
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
 * Returns the path of a Chromium or Chrome, as {@link findPrograms} finds it.
 *
 * @param {(line: string) => void} log receives progress
 * @returns {string}
 */
export function findBrowser(log = console.log) {
  const [chromium] = findPrograms([CHROMIUM], log);
  return chromium;
}
