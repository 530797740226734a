// Python for the demo and the end-to-end tests: a virtual environment with pinned
// packages, and a Shiny app served from it.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const WINDOWS = process.platform === "win32";
const OLDEST = [3, 10];
const NAMES = ["python3.13", "python3.12", "python3.11", "python3.10", "python3", "python"];

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 150;
const KEPT_OUTPUT = 20_000;

/** Something about Python that the person running the script can put right. */
export class PythonError extends Error {
  name = "PythonError";
}

/**
 * The version of a Python, or undefined when `command` doesn't run one.
 *
 * @param {string} command
 * @returns {[number, number] | undefined}
 */
function pythonVersion(command) {
  const script = "import sys; print(*sys.version_info[:2])";
  const { status, stdout } = spawnSync(command, ["-c", script], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const [major, minor] = stdout.trim().split(" ").map(Number);
  return Number.isInteger(major) && Number.isInteger(minor) ? [major, minor] : undefined;
}

/** @returns {string} the command of a Python that is new enough */
export function findPython() {
  const asked = process.env.PYTHON;
  const oldest = OLDEST.join(".");
  /** @type {string[]} */
  const tooOld = [];
  for (const command of asked ? [asked] : NAMES) {
    const version = pythonVersion(command);
    if (!version) continue;
    const [major, minor] = version;
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return command;
    tooOld.push(`${command} is ${version.join(".")}`);
  }
  const found =
    tooOld.length > 0
      ? tooOld.join(", ")
      : asked
        ? `PYTHON=${asked} does not run`
        : "none was found";
  throw new PythonError(
    `Python ${oldest} or newer is needed (${found}): install it from https://www.python.org/downloads/ or set PYTHON to its path.`,
  );
}

/**
 * Run a command, giving each line it writes to `log`.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {(line: string) => void} log
 * @returns {Promise<void>}
 */
export function run(command, args, log) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    // An installation that nobody waits for any more is of no use.
    const killNow = () => child.kill();
    process.once("exit", killNow);
    /** @type {string[]} */
    const last = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        last.push(line);
        if (last.length > 20) last.shift();
        log(line);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("exit", killNow);
      if (code === 0) return resolve();
      const what = [path.basename(command), ...args].join(" ");
      reject(new PythonError(`\`${what}\` failed (exit code ${code}):\n${last.join("\n")}`));
    });
  });
}

/**
 * Wait until no other process has the lock, and take it.
 *
 * The demo and the tests may be started at once, and would delete the half-made
 * environment under each other's hands. A lock whose process is gone doesn't count.
 *
 * @param {string} file
 * @param {(line: string) => void} log
 * @returns {Promise<() => void>} gives the lock back
 */
export async function takeLock(file, log) {
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    const owner = Number(await readFile(file, "utf8").catch(() => ""));
    if (owner && !isRunning(owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!waited) log("Waiting for another process to finish the Python environment");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const unlock = () => {
    process.off("exit", unlock);
    rmSync(file, { force: true });
  };
  process.once("exit", unlock);
  return unlock;
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * A virtual environment with what a requirements file asks for.
 *
 * It lives in `.venv/<name>`, the name made of the file's folder and a hash of its
 * text, so a changed file gets an environment of its own. A stamp written at the very
 * end tells a finished environment from one whose installation was interrupted, which
 * is thrown away and made again.
 *
 * @param {{ requirements: string, log?: (line: string) => void }} options
 * @returns {Promise<string>} the path of the environment's python
 */
export async function ensurePython({ requirements, log = () => {} }) {
  const text = await readFile(requirements, "utf8");
  const hash = createHash("sha256").update(text).digest("hex");
  const folder = path.basename(path.dirname(path.resolve(requirements)));
  const venv = path.join(ROOT, ".venv", `${folder}-${hash.slice(0, 12)}`);
  const python = path.join(venv, ...(WINDOWS ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const stamp = path.join(venv, "installed");

  // Checked by running it: the Python an environment was made from may be gone.
  const ready = () => existsSync(stamp) && pythonVersion(python) !== undefined;
  if (ready()) return python;

  const base = findPython();
  await mkdir(path.dirname(venv), { recursive: true });
  const unlock = await takeLock(`${venv}.lock`, log);
  try {
    // Whoever had the lock may have made it meanwhile.
    if (!ready()) await install();
  } finally {
    unlock();
  }
  return python;

  async function install() {
    await rm(venv, { recursive: true, force: true });
    log(`Making a Python environment in ${path.relative(process.cwd(), venv) || venv}`);
    await run(base, ["-m", "venv", venv], log);
    const pip = [
      "-m",
      "pip",
      "install",
      "--disable-pip-version-check",
      "--no-input",
      "--progress-bar",
      "off",
      // Python compiles the modules that are imported; to compile all of them takes longer.
      "--no-compile",
    ];
    await run(python, [...pip, "-r", path.resolve(requirements)], log);
    await writeFile(stamp, `${hash}\n`);
  }
}

/** @returns {Promise<number>} a port nobody listens on */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/**
 * Whether a port can be listened on.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/**
 * @typedef {object} ShinyServer
 * @property {string} url where the app is, without a slash at the end
 * @property {import("node:child_process").ChildProcess} process
 * @property {() => Promise<void>} stop ends the server; resolves once it has exited
 */

/**
 * Serve a Shiny app. Resolves when the app answers.
 *
 * @param {object} options
 * @param {string} options.python the python to run it with
 * @param {string} options.app path of the app's file
 * @param {number} [options.port] a free one is picked when it is 0 or not given
 * @param {string[]} [options.run] what Python runs instead of `shiny run`, with the same arguments
 * @param {Record<string, string | undefined>} [options.env] added to this process's own
 * @param {(line: string) => void} [options.log] given each line the server writes
 * @returns {Promise<ShinyServer>}
 */
export async function startShiny({
  python,
  app,
  port,
  run: command = ["-m", "shiny", "run"],
  env = {},
  log = () => {},
}) {
  // Otherwise the poll below could be answered by whoever has the port.
  if (port && !(await isFree(port))) {
    throw new PythonError(`Port ${port} is in use: choose another one.`);
  }
  const chosen = port || (await freePort());
  const url = `http://127.0.0.1:${chosen}`;
  const args = [...command, "--port", String(chosen), "--host", "127.0.0.1", path.resolve(app)];
  return startServer({ command: python, args, url, env, log });
}

/**
 * Start a server, and wait until it answers.
 *
 * @param {object} options
 * @param {string} options.command
 * @param {string[]} options.args
 * @param {string} options.url where it will be
 * @param {Record<string, string | undefined>} [options.env] added to this process's own
 * @param {(line: string) => void} [options.log] given each line the server writes
 * @returns {Promise<ShinyServer>}
 */
export async function startServer({ command, args, url, env = {}, log = () => {} }) {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PYTHONUNBUFFERED: "1", ...env },
    // A group of its own, so that a Ctrl-C in the terminal reaches this process alone
    // and the server is ended by stop(), in one orderly way.
    detached: !WINDOWS,
  });

  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      written = `${written}${line}\n`.slice(-KEPT_OUTPUT);
      log(line);
    });
  }

  let ended = false;
  /** @type {Error | undefined} */
  let failure;
  /** @type {Promise<void>} */
  const exited = new Promise((resolve) => {
    child.on("error", (error) => {
      failure = error;
      ended = true;
      resolve();
    });
    // "close" rather than "exit", so that all it wrote has been read by then.
    child.on("close", () => {
      ended = true;
      resolve();
    });
  });

  /** @param {NodeJS.Signals} signal to the server, and to processes of its own if it has some */
  const kill = (signal) => {
    if (WINDOWS || child.pid === undefined) {
      child.kill(signal);
      return;
    }
    try {
      process.kill(-child.pid, signal);
    } catch {
      // All have ended.
    }
  };

  // Should this process end without stop(), the server isn't to outlive it.
  const killNow = () => kill("SIGKILL");
  process.once("exit", killNow);
  exited.then(() => process.off("exit", killNow));

  const stop = async () => {
    if (ended) return;
    kill("SIGINT");
    // An open browser tab keeps the server waiting; the second signal ends the wait.
    const again = setTimeout(() => kill("SIGTERM"), STOP_TIMEOUT_MS / 2);
    const last = setTimeout(() => kill("SIGKILL"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(again);
    clearTimeout(last);
  };

  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (ended) break;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      await response.arrayBuffer();
      if (response.status === 200 && !ended) return { url, process: child, stop };
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  if (failure) throw new PythonError(`${command} could not be started: ${failure.message}`);
  const why = ended
    ? `ended with exit code ${child.exitCode}`
    : `did not answer within ${START_TIMEOUT_MS / 1000} s`;
  await stop();
  throw new PythonError(`The Shiny app ${why}:\n${written.trim()}`);
}
