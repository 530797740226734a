/** What the commands that serve an app on the terminal have in common: their options, Ctrl-C, and how they end. */
import { parseArgs } from "node:util";
import { ProgramError } from "./programs.mjs";
import { PythonError } from "./python.mjs";

/** A mistake in how the command was called. */
export class UsageError extends Error {}

/**
 * The options of a command, `--port` and `--help` among them.
 *
 * @param {import("node:util").ParseArgsConfig} [own] what else there is
 * @returns {{ port: number, help: boolean, values: Record<string, any>, positionals: string[] }}
 * @throws {UsageError}
 */
export function commandOptions({ options = {}, ...own } = {}) {
  let parsed;
  try {
    parsed = parseArgs({
      ...own,
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
    throw new UsageError(`--port takes a number up to 65535, not "${port}".`);
  }
  return { port: Number(port), help, values: parsed.values, positionals: parsed.positionals };
}

/**
 * Serves an app until Ctrl-C.
 *
 * @param {string} name what it is called at the beginning of a sentence
 * @param {(context: { stopping: () => boolean, serverLog: (line: string) => void }) =>
 *   Promise<import("./python.mjs").ShinyServer | undefined>} start
 *   starts it; `undefined` when there is nothing to be served
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
  process.on("SIGINT", quit);
  process.on("SIGTERM", quit);
  try {
    server = await start({
      stopping: () => stopping,
      // Requests are noise here; warnings and errors are not.
      serverLog: (line) => {
        if (!line.startsWith("INFO:") && !stopping) console.error(line);
      },
    });
    if (stopping) await server?.stop();
    if (stopping || !server) return;
    console.log(`${name} is at ${server.url} (Ctrl-C to stop)`);
    server.process.on("close", () => {
      if (stopping) return;
      console.error(`${name} has stopped by itself.`);
      process.exit(1);
    });
  } catch (error) {
    // Ctrl-C also interrupts what was going on, which isn't a failure.
    if (!stopping) throw error;
  }
}

/**
 * Runs a command. Of what goes wrong the words are shown, which say what is missing and how to get it.
 *
 * @param {() => Promise<void>} main
 * @param {string} help shown with a mistake in how it was called
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
