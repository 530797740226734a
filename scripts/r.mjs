/** R for the tests: found, or Debian's installed where that is allowed; and a Shiny app served from it. */
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
 * The path of an Rscript that has shiny: from the variable `RSCRIPT`, else from the usual places,
 * else installed by apt when this is root on Debian.
 *
 * @param {(line: string) => void} log takes progress
 * @returns {string}
 * @throws {Error} saying in one sentence what to install or set
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
 * @param {string} options.app the folder of its app.R
 * @param {number} [options.port] a free one is picked when it is 0 or not given
 * @param {(line: string) => void} [options.log] given each line the server writes
 * @returns {Promise<import("./python.mjs").ShinyServer>}
 */
export async function startRShiny({ rscript, app, port: asked, log }) {
  const port = asked || (await freePort());
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
