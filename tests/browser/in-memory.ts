/** The built client on a page with an in-memory Shiny: no server, everything else real. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { BROWSER_ARGS, findBrowser } from "../../scripts/browser.mjs";

const ORIGIN = "http://in-memory.test";
const dist = join(import.meta.dirname, "../../dist");
const jquery = createRequire(import.meta.url).resolve("jquery/dist/jquery.min.js");

const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".html": "text/html",
  ".woff2": "font/woff2",
};

/** Starts a session; `sent` has its messages, and only the test answers. */
const PAGE = `<!doctype html><meta charset="utf-8">
<script src="/jquery.js"></script>
<script src="/testing.js"></script>
<script nonce="page">
  window.sent = [];
  window.handlers = {};
  window.shiny = shinyCommTesting.createShiny();
  shiny.install();
  const addHandler = Shiny.addCustomMessageHandler;
  Shiny.addCustomMessageHandler = (name, handler) => {
    addHandler(name, handler);
    handlers[name] = handler;
  };
  const started = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve))
    .then(() => shiny.connect())
    .then(() => {
      const set = Shiny.setInputValue;
      Shiny.setInputValue = (name, value, options) => {
        // The server knows the name without the type.
        if (typeof value === "string") sent.push([name.split(":")[0], JSON.parse(value)]);
        set(name, value, options);
      };
      // Only the test answers.
      Shiny.shinyapp.$socket.send = () => undefined;
      window.ready = true;
    });
  const inSession = (act) => (window.ready ? act(shiny.session) : started.then(() => act(shiny.session)));
  /** Sends a message as the server does. */
  window.send = (kind, comm_id, content, rest = {}) => void inSession((session) =>
    session.sendCustomMessage("shinywidgets_comm_" + kind,
      JSON.stringify({ content: { comm_id, ...content }, metadata: { version: "2.1.0" }, buffers: [], ...rest })));
  /** Opens an anywidget with this module. */
  window.openAfm = (id, esm, state = {}) => send("open", id, {
    target_name: "jupyter.widget",
    data: { buffer_paths: [], state: shinyCommTesting.anywidgetState({ esm }, state) } });
  window.show = (id, el) => void inSession((session) => session.sendFrame(
    { values: { [el]: { model_id: id, fill: false } }, inputMessages: [], errors: {} }));
</script>
<script src="/dist/shiny-comm.js"></script>
<body><div id="a" class="shiny-ipywidget-output"></div><div id="b" class="shiny-ipywidget-output"></div>`;

let browser: Browser;
/** The in-memory Shiny as a classic script, which replaces Shiny's script. */
let testing: string;

/** Starts a browser for the tests of a file. Call once at the top of the file. */
export function useBrowser(): void {
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, "../../src/testing/index.ts")],
      bundle: true,
      write: false,
      format: "iife",
      globalName: "shinyCommTesting",
    });
    testing = outputFiles[0]?.text ?? "";
    browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_ARGS });
  });
  afterAll(() => browser?.close());
}

export interface InMemoryPage {
  readonly page: Page;
  readonly errors: string[];
  readonly uncaught: string[];
}

const SCRIPT = '<script src="/dist/shiny-comm.js"></script>';

/** Allows only files of the page's server, and the texts of anywidget modules. */
const STRICT = "script-src 'self' 'nonce-page' blob:; object-src 'none'; connect-src 'self'";

export interface PageOptions {
  /** Whether the client's tag is before Shiny's. */
  early?: boolean;
  /** Whether the page has a strict Content-Security-Policy. */
  strict?: boolean;
  /** Whether the page has the client's tag. */
  client?: boolean;
  /** HTML before Shiny's script. */
  before?: string;
  /** HTML behind all other scripts. */
  after?: string;
  /** Additional files of the server: their paths or texts, by the path of the URL. */
  files?: Readonly<Record<string, { path: string } | { text: string }>>;
  /** A function whose result is awaited before a file is served. */
  delay?: (pathname: string) => unknown;
  /** Whether the server lacks a file. */
  lacks?: (pathname: string) => boolean;
}

export async function openPage(options: PageOptions = {}): Promise<InMemoryPage> {
  const { early = false, strict = false, client = true, files = {} } = options;
  const { before = "", after = "", delay = () => undefined, lacks = () => false } = options;
  const head = `${before}${early ? SCRIPT : ""}`;
  const body = PAGE.replace(SCRIPT, client && !early ? SCRIPT : "")
    .replace("<script", `${head}<script`)
    .concat(after);
  const page = await browser.newPage();
  const errors: string[] = [];
  const uncaught: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => uncaught.push(error.message));
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const contentType = TYPES[extname(pathname)] ?? "text/html";
    if (pathname === "/") {
      const headers = strict ? { "content-security-policy": STRICT } : {};
      return route.fulfill({ contentType, body, headers });
    }
    if (pathname === "/testing.js") return route.fulfill({ contentType, body: testing });
    await delay(pathname);
    if (lacks(pathname)) return route.fulfill({ status: 404, body: "" });
    const extra = files[pathname];
    if (extra && "text" in extra) return route.fulfill({ contentType, body: extra.text });
    const file = pathname === "/jquery.js" ? jquery : join(dist, pathname.replace("/dist/", ""));
    return route.fulfill(
      await readFile(extra?.path ?? file).then(
        (body) => ({ contentType, body }),
        () => ({ status: 404, body: "" }),
      ),
    );
  });
  await page.goto(`${ORIGIN}/`);
  await sessionStarted(page);
  return { page, errors, uncaught };
}

/** Waits for the page's session. Call again after a reload. */
export async function sessionStarted(page: Page): Promise<void> {
  await page.waitForFunction(() => (globalThis as unknown as { ready?: boolean }).ready);
}
