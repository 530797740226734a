// `npm run example 04`: make what an example needs, then serve it.

import { existsSync, readdirSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePython, run, startShiny } from "./python.mjs";
import { findRscript, startRShiny } from "./r.mjs";
import { commandOptions, runCommand, serve, UsageError } from "./serve.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const EXAMPLES = path.join(ROOT, "examples");
const REQUIREMENTS = path.join(EXAMPLES, "01-gallery", "requirements.lock.txt");

/** The names of all examples, such as "02-script-tag", in order. */
export const EXAMPLE_NAMES = readdirSync(EXAMPLES)
  .filter((name) => /^\d\d-/.test(name))
  .sort();

const HELP = `Serve an example, a Shiny app in a folder of examples/.

Usage: npm run example NAME [-- options]

  NAME        one of ${EXAMPLE_NAMES.join(", ")};
              its number will do
  --port N    the port to serve it on (default: one that is free)
  --help      show this

The first run makes a Python environment in .venv/, which takes a minute or two.
`;

/**
 * Serve an example. Resolves when it answers.
 *
 * What is missing is made: the client in dist/, the Python environment that all examples share,
 * and the example's own front end, when it has one to build.
 *
 * @param {string} name one of EXAMPLE_NAMES
 * @param {object} [options]
 * @param {number} [options.port] a free one is picked when it is 0 or not given
 * @param {(line: string) => void} [options.log] given what is being done
 * @param {(line: string) => void} [options.serverLog] given each line the server writes
 * @returns {Promise<import("./python.mjs").ShinyServer>}
 */
export async function startExample(name, { port, log = () => {}, serverLog } = {}) {
  const folder = path.join(EXAMPLES, name);
  if (!existsSync(path.join(ROOT, "dist", "shiny-comm.js"))) {
    log("Building shiny-comm ...");
    await run(process.execPath, [path.join(ROOT, "scripts", "build.mjs")], log);
  }
  await buildExample(name, log);
  if (existsSync(path.join(folder, "app.R"))) {
    const rscript = findRscript(log);
    return startRShiny({ rscript, app: folder, port, log: serverLog });
  }
  const python = await ensurePython({ requirements: REQUIREMENTS, log });
  // The companion as it is in this clone, and what an example has beside its app: what pip would
  // install, from where it is.
  const sources = [path.join(ROOT, "python", "src"), path.join(folder, "python", "src")];
  const before = process.env.PYTHONPATH ? [process.env.PYTHONPATH] : [];
  return startShiny({
    python,
    app: path.join(folder, "app.py"),
    port,
    env: { PYTHONPATH: [...sources.filter(existsSync), ...before].join(path.delimiter) },
    log: serverLog,
  });
}

/**
 * Build an example's front end, when it has one.
 *
 * @param {string} name
 * @param {(line: string) => void} [log]
 * @returns {Promise<void>}
 */
export async function buildExample(name, log = () => {}) {
  const folder = path.join(EXAMPLES, name);
  if (!existsSync(path.join(folder, "package.json"))) return;
  const link = path.join(folder, "node_modules", "shiny-comm");
  if (!existsSync(link)) {
    // As `npm link ../..` does; all else is found in the clone's own node_modules.
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(ROOT, link, "junction").catch((error) => {
      // Another process may have been quicker.
      if (!existsSync(link)) throw error;
    });
  }
  log(`Building ${name} ...`);
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ["npm"];
  await run(command[0], [...command.slice(1), "run", "build", "--prefix", folder], log);
}

/** @returns {{ name: string, port: number, help: boolean }} */
function options() {
  const { port, help, positionals } = commandOptions({ allowPositionals: true });
  const [asked = "", ...more] = positionals;
  const name = EXAMPLE_NAMES.find((known) => known === asked || known.split("-")[0] === asked);
  if (!help && (!name || more.length > 0)) {
    throw new UsageError(
      asked === "" ? "Which example?" : `There is no example "${positionals.join(" ")}".`,
    );
  }
  return { name: name ?? "", port, help };
}

async function main() {
  const { name, port, help } = options();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  await serve(name, ({ serverLog }) =>
    startExample(name, { port, log: (line) => console.log(`  ${line}`), serverLog }),
  );
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runCommand(main, HELP);
}
