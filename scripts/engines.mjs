/** Finds Firefox and WebKitGTK for the tests. */
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
  // The name of Debian's folder of libraries contains the name of the processor.
  places: ["/usr/lib", "/usr/libexec", ...subfolders("/usr/lib")].flatMap((folder) =>
    ["4.1", "4.0"].map((version) => join(folder, `webkit2gtk-${version}/MiniBrowser`)),
  ),
  debian: "libwebkit2gtk-4.1-0",
};

/** @type {import("./programs.mjs").Program} */
const XVFB = { name: "Xvfb", variable: "XVFB", places: usual("Xvfb"), debian: "xvfb" };

/**
 * Returns the path of Firefox, as {@link findPrograms} finds it.
 *
 * @param {(line: string) => void} [log] receives progress
 * @returns {string}
 */
export function findFirefox(log) {
  const [firefox] = findPrograms([FIREFOX], log);
  return firefox;
}

/**
 * Returns the paths of the programs that tests in WebKitGTK need, as {@link findPrograms} finds them.
 *
 * @param {(line: string) => void} [log] receives progress
 * @returns {{ driver: string, miniBrowser: string, xvfb: string }}
 */
export function findWebKit(log) {
  const [driver, miniBrowser, xvfb] = findPrograms([DRIVER, MINI_BROWSER, XVFB], log);
  return { driver, miniBrowser, xvfb };
}

/** Returns the usual paths of programs. @param {string[]} commands their names */
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
