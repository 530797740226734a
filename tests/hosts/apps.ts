/** The servers of `app.py` and the browser, shared by the hosts of a test file. */
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import type { Engine } from "../engines/engine.js";
import { startFirefox } from "../engines/firefox.js";
import { startWebKit } from "../engines/webkit.js";
import type { Client } from "./cases.js";
import { startChromium } from "./chromium.js";

const root = join(import.meta.dirname, "../..");

/** The engines of the tests, by the variable `HOSTS_ENGINE`. */
const ENGINES: Record<string, () => Promise<Engine>> = {
  chromium: startChromium,
  firefox: startFirefox,
  webkit: startWebKit,
};

/**
 * Starts the app without and with `shiny_comm.use()`, and the engine. Call once, at the top of a test file.
 *
 * @returns the engine, and the address of the app for a client, without a slash at the end
 */
export function useApps(): {
  engine: () => Engine;
  target: (client: Client) => string;
} {
  const name = process.env.HOSTS_ENGINE ?? "chromium";
  const start = ENGINES[name];
  if (!start)
    throw new Error(`HOSTS_ENGINE: expected ${Object.keys(ENGINES).join(" or ")}, got ${name}`);
  let engine: Engine;
  let plain: ShinyServer;
  let used: ShinyServer;
  beforeAll(async () => {
    [engine, plain, used] = await Promise.all([start(), startApp(), startApp({ WITH_USE: "1" })]);
  });
  afterAll(async () => {
    await engine?.close();
    await Promise.all([plain?.stop(), used?.stop()]);
  });
  return {
    engine: () => engine,
    target: (client) => (client === "use()" ? used : plain).url,
  };
}

async function startApp(env: Record<string, string> = {}): Promise<ShinyServer> {
  const python = await ensurePython({
    requirements: join(root, "examples/01-gallery/requirements.lock.txt"),
    log: (line) => console.log(line),
  });
  return startShiny({
    python,
    app: join(import.meta.dirname, "app.py"),
    // With pings that keep a connection open behind a proxy with an idle limit.
    run: [join(root, "tests/e2e/apps/serve.py"), "--ping-timeout", "60"],
    env,
  });
}
