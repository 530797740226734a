/** Finds a Chromium for the tests, or installs Debian's where that is allowed, or says what to do. */
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

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
 * The path of a Chromium or Chrome: from the variable `CHROMIUM`, else from the usual places, else
 * installed by apt when this is root on Debian.
 *
 * @param {(line: string) => void} log takes progress
 * @returns {string}
 * @throws {Error} saying in one sentence what to install or set
 */
export function findBrowser(log = console.log) {
  const chosen = process.env.CHROMIUM;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new Error(`CHROMIUM is set to ${chosen}, but nothing executable is there.`);
  }
  const found = PLACES.find(isExecutable);
  if (found) return found;
  if (process.getuid?.() === 0 && isExecutable("/usr/bin/apt-get")) {
    log("No Chromium here; installing Debian's …");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync("apt-get", ["update"], { stdio: "ignore", env });
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
    const installed = PLACES.find(isExecutable);
    if (installed) return installed;
  }
  throw new Error(
    "The tests need Chromium or Chrome: install one (Debian: sudo apt-get install chromium), or set CHROMIUM to its path.",
  );
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
