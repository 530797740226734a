/** R for the tests and examples: finds it, installs the R package in a separate library, and serves Shiny apps. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { filesBelow, hashOf } from "./files.mjs";
import { findPrograms, isExecutable } from "./programs.mjs";
import { freePort, run, startServer, takeLock } from "./python.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SOURCES = path.join(ROOT, "r");
const VENV = path.join(ROOT, ".venv");
const DAY_MS = 86_400_000;
/** The files that bootstrap.R makes. */
const MADE = /[\\/]inst[\\/](client[\\/]|COPYRIGHTS$)|frames\.vectors\.json$/;

/**
 * Returns the path of an Rscript with packages of R, as {@link findPrograms} finds it.
 *
 * @param {(line: string) => void} [log] receives progress
 * @param {string[]} [packages] the packages; by default, shiny
 * @returns {string}
 */
export function findRscript(log = console.log, packages = ["shiny"]) {
  const [rscript] = findPrograms(
    [
      {
        name: `Rscript with the package${packages.length > 1 ? "s" : ""} ${packages.join(", ")}`,
        variable: "RSCRIPT",
        places: [
          "/usr/bin/Rscript",
          "/usr/local/bin/Rscript",
          "/opt/homebrew/bin/Rscript",
          "/Library/Frameworks/R.framework/Resources/bin/Rscript",
        ],
        debian: packages.map((name) => `r-cran-${name.toLowerCase()}`).join(" "),
        works: (rscript) => isExecutable(rscript) && hasPackages(rscript, packages),
      },
    ],
    log,
  );
  return rscript;
}

/** An error has the last lines. */
const silent = () => {};

/** Returns the path of R itself, next to Rscript. @param {string} rscript */
export function rBeside(rscript) {
  return path.join(path.dirname(rscript), "R");
}

/**
 * Builds the R package, and installs it in a separate library. A change of r/ or dist/ makes another one.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<{ rscript: string, library: string, tarball: string, env: Record<string, string> }>}
 *   `env`: the variables with which R finds the package
 */
export async function ensureRPackage({ log = () => {} } = {}) {
  const rscript = findRscript(log);
  const hash = await hashOf([
    ...(await filesBelow(SOURCES, MADE)),
    ...(await filesBelow(path.join(ROOT, "dist"), /\.map$/)),
    path.join(ROOT, "docs/frames.vectors.json"),
  ]);
  const name = `r-${hash.slice(0, 12)}`;
  const folder = path.join(VENV, name);
  const library = path.join(folder, "library");
  const stamp = path.join(folder, "installed");

  await mkdir(VENV, { recursive: true });
  if (!existsSync(stamp)) {
    const unlock = await takeLock(path.join(VENV, "r.lock"), log);
    try {
      // The process that had the lock can have made the library.
      if (!existsSync(stamp)) await install();
    } finally {
      unlock();
    }
  }
  return { rscript, library, tarball: await tarballIn(folder), env: withLibrary(library) };

  async function install() {
    await removeOld();
    log("Building and installing the R package");
    await rm(folder, { recursive: true, force: true });
    await mkdir(library, { recursive: true });
    await buildRPackage({ rscript, folder, options: ["--no-build-vignettes"] });
    await installRPackage({ rscript, tarball: await tarballIn(folder), library });
    await writeFile(stamp, `${hash}\n`);
  }
}

/**
 * Builds the tarball of the R package in a folder.
 *
 * @param {{ rscript: string, folder: string, options?: string[] }} options
 *   `options`: options of `R CMD build`
 * @returns {Promise<string>} the path of the tarball
 */
export async function buildRPackage({ rscript, folder, options = [] }) {
  await run(rscript, ["bootstrap.R"], silent, { cwd: SOURCES });
  await run(rBeside(rscript), ["CMD", "build", ...options, SOURCES], silent, { cwd: folder });
  return tarballIn(folder);
}

/**
 * Installs a tarball of the R package in a library.
 *
 * @param {{ rscript: string, tarball: string, library: string }} options
 */
export async function installRPackage({ rscript, tarball, library }) {
  const args = ["CMD", "INSTALL", "--no-docs", "--no-test-load", `--library=${library}`, tarball];
  await run(rBeside(rscript), args, silent);
}

/** Removes libraries that no app of today uses. */
async function removeOld() {
  for (const name of await readdir(VENV)) {
    const folder = path.join(VENV, name);
    if (!/^r-[0-9a-f]{12}$/.test(name)) continue;
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > DAY_MS) await rm(folder, { recursive: true });
  }
}

/** Returns the variables with which R finds the packages of a library. @param {string} library */
export function withLibrary(library) {
  const before = process.env.R_LIBS ? [process.env.R_LIBS] : [];
  return { R_LIBS: [library, ...before].join(path.delimiter) };
}

/**
 * Serves a Shiny app, which finds the R package. Resolves when it answers.
 *
 * @param {object} options
 * @param {string} options.app the folder with app.R
 * @param {string} [options.library] the library with the R package; by default, one from the sources
 * @param {number} [options.port] by default, or for 0, a free port
 * @param {Record<string, string>} [options.env] further environment variables
 * @param {(line: string) => void} [options.log] receives each line that the server writes
 * @returns {Promise<import("./python.mjs").ShinyServer>}
 */
export async function startRShiny({ app, library, port: chosen, env = {}, log }) {
  const r = library
    ? { rscript: findRscript(), env: withLibrary(library) }
    : await ensureRPackage({ log: console.log });
  const port = chosen || (await freePort());
  const code = "args <- commandArgs(TRUE); shiny::runApp(args[1], port = as.integer(args[2]))";
  return startServer({
    command: r.rscript,
    args: ["-e", code, path.resolve(app), String(port)],
    url: `http://127.0.0.1:${port}`,
    env: { ...r.env, ...env },
    log,
  });
}

/** @param {string} folder @returns {Promise<string>} the path of the one tarball in it */
async function tarballIn(folder) {
  const name = (await readdir(folder)).find((file) => file.endsWith(".tar.gz"));
  if (!name) throw new Error(`no tarball in ${folder}`);
  return path.join(folder, name);
}

/** @param {string} rscript @param {string[]} packages */
function hasPackages(rscript, packages) {
  const code =
    "stopifnot(nzchar(vapply(commandArgs(TRUE), function(name) system.file(package = name), '')))";
  return spawnSync(rscript, ["-e", code, ...packages], { stdio: "ignore" }).status === 0;
}
