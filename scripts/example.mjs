/** `npm run example 04`: builds and serves an example. */

import { existsSync, readdirSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePython, ensureWheels, run, startShiny } from "./python.mjs";
import { startRShiny } from "./r.mjs";
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

  NAME        one of ${EXAMPLE_NAMES.join(", ")},
              or its number
  --port N    the port to serve it on (default: one that is free)
  --help      show this

The first run makes a Python environment in .venv/, which takes a minute or two.
`;

/**
 * Serves an example. Resolves when it answers.
 *
 * Makes the missing parts first: the client in dist/, the Python environment of all examples, and the
 * example's front end.
 *
 * @param {string} name one of EXAMPLE_NAMES
 * @param {object} [options]
 * @param {number} [options.port] by default, or for 0, a free port
 * @param {(line: string) => void} [options.log] receives progress
 * @param {(line: string) => void} [options.serverLog] receives each line that the server writes
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
    const requirements = path.join(folder, "requirements.txt");
    const wheels = existsSync(requirements) ? await ensureWheels({ requirements, log }) : undefined;
    return startRShiny({
      app: folder,
      port,
      env: wheels ? { WHEELS: wheels } : {},
      log: serverLog,
    });
  }
  const python = await ensurePython({ requirements: REQUIREMENTS, log });
  // The companion and the example's package, from the sources instead of an installation.
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
 * Builds an example's front end, if it has one.
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
    // As `npm link ../..` does; other packages are in the clone's node_modules.
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(ROOT, link, "junction").catch((error) => {
      // Another process can have made the link.
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
  const [wanted = "", ...more] = positionals;
  const name = EXAMPLE_NAMES.find((known) => known === wanted || known.split("-")[0] === wanted);
  if (!help && (!name || more.length > 0)) {
    throw new UsageError(
      wanted === "" ? "No example named." : `Unknown example: ${positionals.join(" ")}`,
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
