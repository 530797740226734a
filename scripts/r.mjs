/** Finds R for the tests, and serves Shiny apps with it. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { findPrograms, isExecutable } from "./programs.mjs";
import { freePort, startServer } from "./python.mjs";

/** @type {import("./programs.mjs").Program} */
const RSCRIPT = {
  name: "Rscript with the package shiny",
  variable: "RSCRIPT",
  places: [
    "/usr/bin/Rscript",
    "/usr/local/bin/Rscript",
    "/opt/homebrew/bin/Rscript",
    "/Library/Frameworks/R.framework/Resources/bin/Rscript",
  ],
  debian: "r-cran-shiny",
  works: hasShiny,
};

/**
 * Returns the path of an Rscript with the package shiny, as {@link findPrograms} finds it.
 *
 * @param {(line: string) => void} log receives progress
 * @returns {string}
 */
export function findRscript(log = console.log) {
  const [rscript] = findPrograms([RSCRIPT], log);
  return rscript;
}

/**
 * Serves a Shiny app. Resolves when it answers.
 *
 * @param {object} options
 * @param {string} options.rscript
 * @param {string} options.app the folder with app.R
 * @param {number} [options.port] by default, or for 0, a free port
 * @param {(line: string) => void} [options.log] receives each line that the server writes
 * @returns {Promise<import("./python.mjs").ShinyServer>}
 */
export async function startRShiny({ rscript, app, port: chosen, log }) {
  const port = chosen || (await freePort());
  const code = "args <- commandArgs(TRUE); shiny::runApp(args[1], port = as.integer(args[2]))";
  return startServer({
    command: rscript,
    args: ["-e", code, path.resolve(app), String(port)],
    url: `http://127.0.0.1:${port}`,
    log,
  });
}

function hasShiny(rscript) {
  return (
    isExecutable(rscript) &&
    spawnSync(rscript, ["-e", 'stopifnot(requireNamespace("shiny"))'], { stdio: "ignore" })
      .status === 0
  );
}
