/** The in-memory Shiny compared with the real runtime of Shiny for Python. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BROWSER_ARGS, findBrowser } from "../../scripts/browser.mjs";
import { ensurePython } from "../../scripts/python.mjs";
import { probe } from "./runtime-probes.js";

const ORIGIN = "http://runtime.test";
const root = join(import.meta.dirname, "../..");
const jquery = createRequire(import.meta.url).resolve("jquery/dist/jquery.min.js");

let browser: Browser;
let shared: string;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_ARGS });
  const python = await ensurePython({
    requirements: join(root, "examples/01-gallery/requirements.lock.txt"),
    log: console.log,
  });
  const find =
    "import importlib.util, os; print(os.path.dirname(importlib.util.find_spec('shiny').origin))";
  const folder = execFileSync(python, ["-c", find], { encoding: "utf8" }).trim();
  shared = join(folder, "www/shared");
}, 300_000);
afterAll(() => browser?.close());

async function openPage(script: string): Promise<Page> {
  const page = await browser.newPage();
  const files: Record<string, [string, string | Buffer]> = {
    "/": [
      "text/html",
      `<!doctype html><body><script src="/jquery.js"></script><script src="/shiny.js"></script>`,
    ],
    "/jquery.js": ["text/javascript", await readFile(jquery)],
    "/shiny.js": ["text/javascript", script],
    "/probe/one.js": ["text/javascript", ""],
    "/probe/one.css": ["text/css", ""],
  };
  await page.route(`${ORIGIN}/**`, (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return route.fulfill(file ? { contentType: file[0], body: file[1] } : { status: 404 });
  });
  await page.goto(`${ORIGIN}/`);
  return page;
}

/** Gives the real runtime a socket without a server. */
const STUB = `
  Shiny.createSocket = () => {
    const socket = { readyState: 0, send() {} };
    queueMicrotask(() => {
      socket.readyState = 1;
      socket.onopen();
      for (const frame of [
        { config: { workerId: "", sessionId: "1", user: null } },
        { busy: "busy" }, { busy: "idle" }, { values: {}, inputMessages: [], errors: {} },
      ]) socket.onmessage({ data: JSON.stringify(frame) });
    });
    return socket;
  };`;

async function answersOf(script: string): Promise<Record<string, unknown>> {
  const page = await openPage(script);
  await page.waitForFunction(() => {
    const { Shiny } = globalThis as unknown as {
      Shiny?: { shinyapp?: { config?: unknown } };
    };
    return Boolean(Shiny?.shinyapp?.config);
  });
  const answers = await page.evaluate(probe);
  await page.close();
  return answers;
}

test("the in-memory Shiny answers each probe of a client as the real Shiny does", async () => {
  const real = await answersOf(`${await readFile(join(shared, "shiny.js"), "utf8")};${STUB}`);
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createShiny } from "./src/testing/index.ts";
        // The probes throw errors on purpose.
        const shiny = createShiny({ onError: () => undefined });
        shiny.install();
        void shiny.connect();`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: "iife",
  });
  const inMemory = await answersOf(outputFiles[0]?.text ?? "");
  expect(Object.keys(real).length).toBeGreaterThan(25);
  expect(inMemory).toEqual(real);
});
