// `npm run demo`: build what is missing, then serve the widget gallery.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensurePython, PythonError, startShiny } from "./python.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const GALLERY = path.join(ROOT, "examples", "01-gallery");

const HELP = `Serve the widget gallery, a Shiny app with a page for each kind of widget.

Usage: npm run demo [-- options]

  --port N         the port to serve it on (default: one that is free)
  --client NAME    "shiny-comm" (default), or "stock" for shinywidgets' own client
  --help           show this

The first run makes a Python environment in .venv/, which takes a minute or two.
`;

/** A mistake in how the command was called. */
class UsageError extends Error {}

/** @returns {{ port: number, client: string, help: boolean }} */
function options() {
  /** @type {{ port?: string, client?: string, help?: boolean }} */
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: "string", default: "0" },
        client: { type: "string", default: "shiny-comm" },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { port = "0", client = "shiny-comm", help = false } = values;
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    throw new UsageError(`--port takes a number up to 65535, not "${port}".`);
  }
  if (client !== "shiny-comm" && client !== "stock") {
    throw new UsageError(`--client takes "shiny-comm" or "stock", not "${client}".`);
  }
  return { port: Number(port), client, help };
}

async function main() {
  const { port, client, help } = options();
  if (help) {
    process.stdout.write(HELP);
    return;
  }

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
    if (client !== "stock" && !existsSync(path.join(ROOT, "dist", "shiny-comm.js"))) {
      console.log("Building shiny-comm ...");
      const built = spawnSync(process.execPath, [path.join(ROOT, "scripts", "build.mjs")], {
        stdio: "inherit",
      });
      if (built.signal) return;
      if (built.status !== 0) {
        process.exitCode = 1;
        return;
      }
    }
    const python = await ensurePython({
      requirements: path.join(GALLERY, "requirements.lock.txt"),
      log: (line) => console.log(`  ${line}`),
    });
    if (stopping) return;
    console.log("Starting the gallery ...");
    server = await startShiny({
      python,
      app: path.join(GALLERY, "app.py"),
      port,
      env: { GALLERY_CLIENT: client },
      // Requests are noise here; warnings and errors are not.
      log: (line) => {
        if (!line.startsWith("INFO:") && !stopping) console.error(line);
      },
    });
    if (stopping) {
      await server.stop();
      return;
    }
    console.log(`The gallery is at ${server.url} (Ctrl-C to stop)`);
    server.process.on("close", () => {
      if (stopping) return;
      console.error("The gallery has stopped by itself.");
      process.exit(1);
    });
  } catch (error) {
    // Ctrl-C also interrupts what was going on, which isn't a failure.
    if (!stopping) throw error;
  }
}

main().catch((error) => {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exitCode = 2;
  } else if (error instanceof PythonError) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
});
