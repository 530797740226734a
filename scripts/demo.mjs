/** `npm run demo`: serves the widget gallery. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePython, startShiny } from "./python.mjs";
import { commandOptions, runCommand, serve, UsageError } from "./serve.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const GALLERY = path.join(ROOT, "examples", "01-gallery");

const HELP = `Serve the widget gallery, a Shiny app with a page for each kind of widget.

Usage: npm run demo [-- options]

  --port N         the port to serve it on (default: one that is free)
  --client NAME    "shiny-comm" (default), or "stock" for shinywidgets' own client
  --help           show this

The first run makes a Python environment in .venv/, which takes a minute or two.
`;

/** @returns {{ port: number, client: string, help: boolean }} */
function options() {
  const { port, help, values } = commandOptions({
    options: { client: { type: "string", default: "shiny-comm" } },
  });
  const { client } = values;
  if (client !== "shiny-comm" && client !== "stock") {
    throw new UsageError(`--client: expected "shiny-comm" or "stock", got "${client}".`);
  }
  return { port, client, help };
}

async function main() {
  const { port, client, help } = options();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  await serve("The gallery", async ({ stopping, serverLog }) => {
    if (client !== "stock" && !existsSync(path.join(ROOT, "dist", "shiny-comm.js"))) {
      console.log("Building shiny-comm ...");
      const built = spawnSync(process.execPath, [path.join(ROOT, "scripts", "build.mjs")], {
        stdio: "inherit",
      });
      if (built.status !== 0) {
        if (!built.signal) process.exitCode = 1;
        return undefined;
      }
    }
    const python = await ensurePython({
      requirements: path.join(GALLERY, "requirements.lock.txt"),
      log: (line) => console.log(`  ${line}`),
    });
    if (stopping()) return undefined;
    console.log("Starting the gallery ...");
    return startShiny({
      python,
      app: path.join(GALLERY, "app.py"),
      port,
      env: { GALLERY_CLIENT: client },
      log: serverLog,
    });
  });
}

await runCommand(main, HELP);
