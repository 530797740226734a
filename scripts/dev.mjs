/** `npm run dev`: serves the gallery, builds the client after each change, and reloads the pages. */
import { spawn } from "node:child_process";
import { existsSync, watch } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePython, startShiny } from "./python.mjs";
import { commandOptions, onStop, runCommand } from "./serve.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const GALLERY = path.join(ROOT, "examples", "01-gallery");
const DIST = path.join(ROOT, "dist");
const SCRATCH = path.join(ROOT, ".tmp", "dev");
/** A file that Shiny watches: it reloads its pages after a change. */
const BUILT = path.join(SCRATCH, "built.stamp");
/** The last good build, kept during the next one. */
const BEFORE = path.join(SCRATCH, "dist");

/** The delay of a build after a change: editors write several times. */
const SETTLE_MS = 100;

const HELP = `Serve the widget gallery while you work on it. A change in src/ builds the client again.
A change of Python restarts the server. Both reload the open pages.

Usage: npm run dev [-- options]

  --port N      the port to serve it on (default: one that is free)
  --help        show this

SOURCEMAPS=1 builds with source maps. Ctrl-C ends the server and the build.
`;

/** Functions that end processes and watchers. @type {Set<() => unknown>} */
const undos = new Set();
let ending = false;

async function end(code) {
  if (ending) return;
  ending = true;
  await Promise.all([...undos].map((undo) => undo()));
  process.exit(code);
}

/** Builds in a separate process, because the scripts of the build can have changed. @returns {Promise<boolean>} */
async function build() {
  const startMs = performance.now();
  await rm(BEFORE, { recursive: true, force: true });
  if (existsSync(DIST)) await rename(DIST, BEFORE);
  const child = spawn(process.execPath, [path.join(ROOT, "scripts", "build.mjs")], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const kill = () => child.kill();
  undos.add(kill);
  const status = await new Promise((resolve) => child.on("close", resolve));
  undos.delete(kill);
  if (status === 0) {
    console.log(`Built in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    return true;
  }
  if (existsSync(BEFORE)) {
    await rm(DIST, { recursive: true, force: true });
    await rename(BEFORE, DIST);
  }
  if (!ending) console.error("The build failed. The last good build stays.");
  return false;
}

/** Calls `changed` after changes in `src/`, one call at a time. */
function watchSources(changed) {
  let timer;
  let working = false;
  let again = false;
  const work = async () => {
    if (working) {
      again = true;
      return;
    }
    working = true;
    do {
      again = false;
      await changed();
    } while (again && !ending);
    working = false;
  };
  const watcher = watch(path.join(ROOT, "src"), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(work, SETTLE_MS);
  });
  undos.add(() => watcher.close());
}

async function main() {
  const { port, help } = commandOptions();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  onStop(() => end(0));

  await mkdir(SCRATCH, { recursive: true });
  console.log("Building shiny-comm ...");
  if (!(await build()) && !existsSync(DIST)) return end(1);
  await writeFile(BUILT, "");
  const python = await ensurePython({
    requirements: path.join(GALLERY, "requirements.lock.txt"),
    log: (line) => console.log(`  ${line}`),
  });
  if (ending) return;

  console.log("Starting the gallery ...");
  const watched = [GALLERY, SCRATCH].flatMap((folder) => ["--reload-dir", folder]);
  const server = await startShiny({
    python,
    app: path.join(ROOT, "scripts", "dev_gallery.py"),
    port,
    run: ["-m", "shiny", "run", "--reload", "--reload-includes", "*.py,*.stamp", ...watched],
    // Without the lines about requests.
    log: (line) => {
      if (!line.startsWith("INFO:") && !ending) console.error(line);
    },
  });
  if (ending) return server.stop();
  undos.add(server.stop);
  server.process.on("close", () => {
    if (ending) return;
    console.error("The gallery has stopped unexpectedly.");
    end(1);
  });
  watchSources(async () => {
    console.log("Building ...");
    if (await build()) await writeFile(BUILT, String(Date.now()));
  });
  console.log(`The gallery is at ${server.url} (Ctrl-C to stop)`);
}

await runCommand(main, HELP);
// Processes and watchers would keep this process alive.
if (process.exitCode) await end(process.exitCode);
