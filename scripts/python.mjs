/** Python for the demo and the end-to-end tests: virtual environments with pinned packages, and servers of Shiny apps. */

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const WINDOWS = process.platform === "win32";
const OLDEST = [3, 10];
const NAMES = ["python3.13", "python3.12", "python3.11", "python3.10", "python3", "python"];

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 150;
const KEPT_OUTPUT = 20_000;

/** A problem with Python that the user of the script can fix. */
export class PythonError extends Error {
  name = "PythonError";
}

/**
 * Returns the version of a Python, or undefined when `command` does not run one.
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

/** Returns the command of a supported Python. @returns {string} */
export function findPython() {
  const chosen = process.env.PYTHON;
  const oldest = OLDEST.join(".");
  /** @type {string[]} */
  const tooOld = [];
  for (const command of chosen ? [chosen] : NAMES) {
    const version = pythonVersion(command);
    if (!version) continue;
    const [major, minor] = version;
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return command;
    tooOld.push(`${command} is ${version.join(".")}`);
  }
  const found =
    tooOld.length > 0
      ? tooOld.join(", ")
      : chosen
        ? `PYTHON=${chosen} does not run`
        : "none was found";
  throw new PythonError(
    `No Python ${oldest} or newer (${found}): install it from https://www.python.org/downloads/ or set PYTHON to its path.`,
  );
}

/**
 * Runs a command, and passes each line that it writes to `log`.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {(line: string) => void} log
 * @param {import("node:child_process").SpawnOptions} [options] such as the folder to run it in
 * @returns {Promise<void>}
 */
export function run(command, args, log, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    // An installation must not outlive this process.
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
 * Waits until no other process has the lock, and takes it. A lock is free when its process has ended.
 *
 * Without a lock, the demo and the tests could delete an environment that the other one installs.
 *
 * @param {string} file
 * @param {(line: string) => void} log
 * @returns {Promise<() => void>} releases the lock
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
    if (!waited)
      log(`Waiting for another process, which has ${path.relative(process.cwd(), file)}`);
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
 * Makes a virtual environment with the packages of a requirements file, unless it exists.
 *
 * Its name consists of the file's folder and a hash of the file, so a changed file gets a new environment.
 * A stamp, written at the end, marks a finished environment. One without a stamp is made again.
 *
 * @param {{ requirements: string, dependencies?: boolean, log?: (line: string) => void }} options
 *   `dependencies`: whether dependencies that the file does not name are installed too; true by default
 * @returns {Promise<string>} the path of the environment's python
 */
export async function ensurePython({ requirements, dependencies = true, log = () => {} }) {
  const text = await readFile(requirements, "utf8");
  const hash = createHash("sha256").update(text).digest("hex");
  const folder = path.basename(path.dirname(path.resolve(requirements)));
  const venv = path.join(ROOT, ".venv", `${folder}-${hash.slice(0, 12)}`);
  const python = path.join(venv, ...(WINDOWS ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const stamp = path.join(venv, "installed");

  // The Python from which the environment was made can have been removed.
  const ready = () => existsSync(stamp) && pythonVersion(python) !== undefined;
  if (ready()) return python;

  const base = findPython();
  await mkdir(path.dirname(venv), { recursive: true });
  const unlock = await takeLock(`${venv}.lock`, log);
  try {
    // The process that had the lock can have made the environment.
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
    if (!dependencies) pip.push("--no-deps");
    await run(python, [...pip, "-r", path.resolve(requirements)], log);
    await writeFile(stamp, `${hash}\n`);
  }
}

/**
 * Downloads the wheels of a requirements file with hashes, without their dependencies, unless that is done.
 *
 * @param {{ requirements: string, log?: (line: string) => void }} options
 * @returns {Promise<string>} the folder of the wheels
 */
export async function ensureWheels({ requirements, log = () => {} }) {
  const text = await readFile(requirements, "utf8");
  const hash = createHash("sha256").update(text).digest("hex");
  const folder = path.join(ROOT, ".venv", `wheels-${hash.slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  const unlock = await takeLock(`${folder}.lock`, log);
  try {
    if (existsSync(folder)) return folder;
    const unfinished = `${folder}-unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    const options = ["--disable-pip-version-check", "--no-input", "--no-deps", "--require-hashes"];
    const args = ["-m", "pip", "download", ...options, "--dest", unfinished, "-r", requirements];
    await run(findPython(), args, log);
    await rename(unfinished, folder);
    return folder;
  } finally {
    unlock();
  }
}

/**
 * Ports from which free ones are chosen. Systems give higher ports to outgoing connections, and a connection
 * could take a port before its server starts.
 */
const PORTS = { first: 20_000, count: 10_000 };

/** The claimed ports of all processes: files with the owner's id, by port. */
const CLAIMS = path.join(tmpdir(), `shiny-comm-ports-${process.getuid?.() ?? "all"}`);

/** The files of this process's claims. @type {Set<string>} */
const claims = new Set();

/**
 * Returns a free port. Other calls, also of other processes, do not get the port until this process ends: a
 * server takes seconds to start.
 *
 * @returns {Promise<number>}
 */
export async function freePort() {
  await mkdir(CLAIMS, { recursive: true });
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if ((await claimPort(port)) && (await isFree(port))) return port;
  }
}

/** @param {number} port @returns {Promise<boolean>} whether this process has the port now */
async function claimPort(port) {
  const file = path.join(CLAIMS, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
  } catch {
    // A process that is killed leaves its claims.
    const owner = Number(await readFile(file, "utf8").catch(() => ""));
    if (owner && !isRunning(owner)) rmSync(file, { force: true });
    return false;
  }
  if (claims.size === 0) {
    process.once("exit", () => {
      for (const claim of claims) rmSync(claim, { force: true });
    });
  }
  claims.add(file);
  return true;
}

/**
 * Returns whether a port is free.
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
 * @property {string} url the app's address, without a slash at the end
 * @property {import("node:child_process").ChildProcess} process
 * @property {() => Promise<void>} stop ends the server; resolves once it has exited
 */

/**
 * Serves a Shiny app. Resolves when the app answers.
 *
 * @param {object} options
 * @param {string} options.python the python to run it with
 * @param {string} options.app the path of the app's file
 * @param {number} [options.port] by default, or for 0, a free port
 * @param {string[]} [options.run] arguments for Python; by default, it runs `shiny run`
 * @param {Record<string, string | undefined>} [options.env] further environment variables
 * @param {(line: string) => void} [options.log] receives each line that the server writes
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
  // Otherwise another server at the port could answer the poll.
  if (port && !(await isFree(port))) {
    throw new PythonError(`Port ${port} is in use: choose another port.`);
  }
  const chosen = port || (await freePort());
  const url = `http://127.0.0.1:${chosen}`;
  const args = [...command, "--port", String(chosen), "--host", "127.0.0.1", path.resolve(app)];
  return startServer({ command: python, args, url, env, log });
}

/**
 * Starts a server, and waits until it answers.
 *
 * @param {object} options
 * @param {string} options.command
 * @param {string[]} options.args
 * @param {string} options.url the server's address
 * @param {Record<string, string | undefined>} [options.env] further environment variables
 * @param {(line: string) => void} [options.log] receives each line that the server writes
 * @returns {Promise<ShinyServer>}
 */
export async function startServer({ command, args, url, env = {}, log = () => {} }) {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PYTHONUNBUFFERED: "1", ...env },
    // In a separate process group, because Ctrl-C must reach this process alone: stop() ends the server.
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
    // After "close", unlike after "exit", all output has been read.
    child.on("close", () => {
      ended = true;
      resolve();
    });
  });

  /** Sends a signal to the server and its child processes. @param {NodeJS.Signals} signal */
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

  // The server must not outlive this process, even without stop().
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
  if (failure) throw new PythonError(`cannot start ${command}: ${failure.message}`);
  const why = ended
    ? `ended with exit code ${child.exitCode}`
    : `did not answer within ${START_TIMEOUT_MS / 1000} s`;
  await stop();
  throw new PythonError(`The Shiny app ${why}:\n${written.trim()}`);
}
