/** The servers of the apps and the browser, shared by the hosts of a test file. */
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import { startRShiny } from "../../scripts/r.mjs";
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

/** Starts the engine. Call once, at the top of a test file. */
export function useEngine(): () => Engine {
  const name = process.env.HOSTS_ENGINE ?? "chromium";
  const start = ENGINES[name];
  if (!start)
    throw new Error(`HOSTS_ENGINE: expected ${Object.keys(ENGINES).join(" or ")}, got ${name}`);
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine?.close());
  return () => engine;
}

/**
 * Starts the app in Python without and with `shiny_comm.use()`. Call once, at the top of a test file.
 *
 * @returns the address of the app for a client, without a slash at the end
 */
export function useApps(): (client: Client) => string {
  let plain: ShinyServer;
  let used: ShinyServer;
  beforeAll(async () => {
    [plain, used] = await Promise.all([startApp(), startApp({ WITH_USE: "1" })]);
  });
  afterAll(() => Promise.all([plain?.stop(), used?.stop()]));
  return (client) => (client === "use()" ? used : plain).url;
}

/**
 * Starts the app in R. Call once, at the top of a test file.
 *
 * @returns the address of the app, without a slash at the end
 */
export function useRApp(): () => string {
  let server: ShinyServer;
  beforeAll(async () => {
    server = await startRShiny({ app: join(import.meta.dirname, "r") });
  });
  afterAll(() => server?.stop());
  return () => server.url;
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
