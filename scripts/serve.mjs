/** The parts that all commands that serve an app share: options, signals, and exit codes. */
import { parseArgs } from "node:util";
import { ProgramError } from "./programs.mjs";
import { PythonError } from "./python.mjs";

/** A wrong option or argument. */
export class UsageError extends Error {}

/**
 * Returns the options of a command, including `--port` and `--help`.
 *
 * @param {import("node:util").ParseArgsConfig} [config] further options
 * @returns {{ port: number, help: boolean, values: Record<string, any>, positionals: string[] }}
 * @throws {UsageError}
 */
export function commandOptions({ options = {}, ...config } = {}) {
  let parsed;
  try {
    parsed = parseArgs({
      ...config,
      options: {
        port: { type: "string", default: "0" },
        help: { type: "boolean", default: false },
        ...options,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { port, help } = parsed.values;
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    throw new UsageError(`--port: expected a number up to 65535, got "${port}".`);
  }
  return { port: Number(port), help, values: parsed.values, positionals: parsed.positionals };
}

/** How often a process checks whether npm's shell, its parent, still runs. */
const PARENT_POLL_MS = 250;

/**
 * Calls `stop` when this process has to end: Ctrl-C, SIGTERM, a closed terminal, or SIGTERM to `npm run`.
 * npm passes SIGTERM on to its shell, which ends without passing it on to this process.
 *
 * @param {() => unknown} stop may be called several times
 */
export function onStop(stop) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    stop();
  }, PARENT_POLL_MS);
  poll.unref();
}

/**
 * Serves an app until this process is stopped.
 *
 * @param {string} name the app's name, at the beginning of a sentence
 * @param {(context: { stopping: () => boolean, serverLog: (line: string) => void }) =>
 *   Promise<import("./python.mjs").ShinyServer | undefined>} start
 *   starts the app; `undefined` when it could not be built
 */
export async function serve(name, start) {
  /** @type {import("./python.mjs").ShinyServer | undefined} */
  let server;
  let stopping = false;
  const quit = async () => {
    if (stopping) return;
    stopping = true;
    await server?.stop();
    process.exit(0);
  };
  onStop(quit);
  try {
    server = await start({
      stopping: () => stopping,
      // Without the lines about requests.
      serverLog: (line) => {
        if (!line.startsWith("INFO:") && !stopping) console.error(line);
      },
    });
    if (stopping) await server?.stop();
    if (stopping || !server) return;
    console.log(`${name} is at ${server.url} (Ctrl-C to stop)`);
    server.process.on("close", () => {
      if (stopping) return;
      console.error(`${name} has stopped unexpectedly.`);
      process.exit(1);
    });
  } catch (error) {
    // Ctrl-C also interrupts the programs that `start` runs.
    if (!stopping) throw error;
  }
}

/**
 * Runs a command. An expected error is printed without its stack.
 *
 * @param {() => Promise<void>} main
 * @param {string} help printed after a wrong option or argument
 */
export async function runCommand(main, help) {
  try {
    await main();
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${help}`);
      process.exitCode = 2;
    } else if (error instanceof PythonError || error instanceof ProgramError) {
      console.error(error.message);
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}
