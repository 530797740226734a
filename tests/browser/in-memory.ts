/** The built client on a page with an in-memory Shiny: no server, everything else real. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
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
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
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
  /** Returns the HTML that the server sends in place of a file. */
  replaced?: (pathname: string) => string | undefined;
  /** Returns the headers of a file; the page's path is `/`. The page then has a separate server. */
  headers?: (pathname: string) => Record<string, string>;
  /** The path of the page's `<base>`, below which the server has all files. */
  base?: string;
}

/** The path of a worker, which hosts of Shiny apps put before the path of each file. */
const WORKER = /^\/_w_\w+(?=\/)/;

export async function openPage(options: PageOptions = {}): Promise<InMemoryPage> {
  const { early = false, strict = false, client = true, files = {} } = options;
  const { before = "", after = "", delay = () => undefined, lacks = () => false } = options;
  const { headers: headersOf = () => ({}), replaced = () => undefined, base } = options;
  const head = `${before}${early ? SCRIPT : ""}`;
  const html = PAGE.replace(SCRIPT, client && !early ? SCRIPT : "")
    .replace("<script", `${head}<script`)
    .concat(after);
  const body = base
    ? html.replaceAll('src="/', 'src="').replace("<script", `<base href="${base}"><script`)
    : html;
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  const uncaught: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => uncaught.push(error.message));
  const answer = async (requested: string): Promise<Answer> => {
    const pathname = requested.replace(WORKER, "");
    const contentType = TYPES[extname(pathname)] ?? "text/html";
    const headers = headersOf(pathname);
    if (pathname === "/") {
      const policy = strict && { "content-security-policy": STRICT };
      return { contentType, body, headers: { ...headers, ...policy } };
    }
    if (pathname === "/testing.js") return { contentType, body: testing, headers };
    await delay(pathname);
    if (lacks(requested)) return { status: 404, body: "" };
    const html = replaced(pathname);
    if (html !== undefined) return { contentType: "text/html", body: html, headers };
    const extra = files[pathname];
    if (extra && "text" in extra) return { contentType, body: extra.text, headers };
    const file = pathname === "/jquery.js" ? jquery : join(dist, pathname.replace("/dist/", ""));
    return readFile(extra?.path ?? file).then(
      (content) => ({ contentType, body: content, headers }),
      () => ({ status: 404, body: "" }),
    );
  };
  if (options.headers) await page.goto(await serve(page, answer));
  else {
    await page.route(`${ORIGIN}/**`, async (route) =>
      route.fulfill(await answer(new URL(route.request().url()).pathname)),
    );
    await page.goto(`${ORIGIN}/`);
  }
  await sessionStarted(page);
  return { page, errors, uncaught };
}

interface Answer {
  readonly status?: number;
  readonly contentType?: string;
  readonly body: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** Starts a server until the page is closed: answers of Playwright allow every origin. @returns its address */
async function serve(page: Page, answer: (pathname: string) => Promise<Answer>): Promise<string> {
  const server = createServer(async ({ url = "" }, response) => {
    const { status = 200, contentType, body, headers } = await answer(url.replace(/\?.*/, ""));
    response.writeHead(status, { ...(contentType && { "content-type": contentType }), ...headers });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  page.once("close", () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Waits for the page's session. Call again after a reload. */
export async function sessionStarted(page: Page): Promise<void> {
  await page.waitForFunction(() => (globalThis as unknown as { ready?: boolean }).ready);
}
