/** Finds Firefox and WebKitGTK for the tests, or installs Debian's where that is allowed, or says what to do. */
import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findPrograms } from "./programs.mjs";

/** @type {import("./programs.mjs").Program} */
const FIREFOX = {
  name: "Firefox",
  variable: "FIREFOX",
  places: [
    ...usual("firefox-esr", "firefox"),
    "/snap/bin/firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
  ],
  debian: "firefox-esr",
};

/** @type {import("./programs.mjs").Program} */
const DRIVER = {
  name: "WebKitGTK's WebDriver",
  variable: "WEBKIT_DRIVER",
  places: usual("WebKitWebDriver"),
  debian: "webkit2gtk-driver",
};

/** @type {import("./programs.mjs").Program} */
const MINI_BROWSER = {
  name: "WebKitGTK's MiniBrowser",
  variable: "WEBKIT_MINIBROWSER",
  // Debian's folder of libraries has the name of the processor in it.
  places: ["/usr/lib", "/usr/libexec", ...subfolders("/usr/lib")].flatMap((folder) =>
    ["4.1", "4.0"].map((version) => join(folder, `webkit2gtk-${version}/MiniBrowser`)),
  ),
  debian: "libwebkit2gtk-4.1-0",
};

/** @type {import("./programs.mjs").Program} */
const XVFB = { name: "Xvfb", variable: "XVFB", places: usual("Xvfb"), debian: "xvfb" };

/**
 * The path of Firefox: from the variable `FIREFOX`, else from the usual places, else installed by
 * apt when this is root on Debian.
 *
 * @param {(line: string) => void} [log] takes progress
 * @returns {string}
 * @throws {Error} saying in one sentence what to install or set
 */
export function findFirefox(log) {
  const [firefox] = findPrograms([FIREFOX], log);
  return firefox;
}

/**
 * The paths of what WebKitGTK's tests need, in the same way: `WEBKIT_DRIVER`, `WEBKIT_MINIBROWSER`
 * and `XVFB` are the variables.
 *
 * @param {(line: string) => void} [log] takes progress
 * @returns {{ driver: string, miniBrowser: string, xvfb: string }}
 * @throws {Error} saying in one sentence what to install or set
 */
export function findWebKit(log) {
  const [driver, miniBrowser, xvfb] = findPrograms([DRIVER, MINI_BROWSER, XVFB], log);
  return { driver, miniBrowser, xvfb };
}

/** Where programs with these names usually are. @param {string[]} commands */
function usual(...commands) {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter).filter(Boolean)];
  return commands.flatMap((command) => folders.map((folder) => join(folder, command)));
}

/** @param {string} folder */
function subfolders(folder) {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
