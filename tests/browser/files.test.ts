/** The client's files and modules: with an opaque origin, after a host has moved the page, after failures. */
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Frame, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { openPage, type PageOptions, sessionStarted, useBrowser } from "./in-memory.js";

useBrowser();

const dist = join(import.meta.dirname, "../../dist");

/** The globals of the page's script; see in-memory.ts. */
interface InMemory {
  send(kind: string, id: string, content: object): void;
  show(id: string, el: string): void;
  shinyCommTesting: typeof import("../../src/testing/index.js");
}
type InMemoryPage = typeof globalThis & InMemory;

const DRAWS = 'export default { render({ el }) { el.textContent = "drawn"; } }';

interface Kind {
  readonly state: object;
  readonly htmlDeps?: object[];
  readonly shown: string;
}

const classic = (module: string, name: string, traits: object = {}) => ({
  _model_name: `${name}Model`,
  _model_module: module,
  _model_module_version: "1.0.0",
  _view_name: `${name}View`,
  _view_module: module,
  _view_module_version: "1.0.0",
  ...traits,
});

const anywidget = (esm: string) => classic("anywidget", "Any", { _esm: esm });

const control = (name: string, traits: object = {}) =>
  classic("@jupyter-widgets/controls", name, {
    _model_module_version: "2.0.0",
    _view_module_version: "2.0.0",
    ...traits,
  });

/** Kinds of widget, each with more files of the client, in outputs with these ids. */
const KINDS: Record<string, Kind> = {
  anywidget: { state: anywidget(DRAWS), shown: ":text-is('drawn')" },
  slider: { state: control("IntSlider", { value: 3 }), shown: ".widget-readout:text('3')" },
  secondPart: {
    state: control("Checkbox", { description: "checkbox" }),
    shown: ":text('checkbox')",
  },
  mathematics: { state: control("HTMLMath", { value: "$\\frac12$" }), shown: ".katex .mfrac" },
  description: {
    state: control("Text", { description: "<b>bold</b>", description_allow_html: true }),
    shown: "label b",
  },
  output: {
    state: classic("@jupyter-widgets/output", "Output", {
      outputs: [{ output_type: "stream", name: "stdout", text: "printed" }],
    }),
    shown: ":text('printed')",
  },
  amd: {
    state: classic("amd-widget", "Amd"),
    htmlDeps: [
      {
        name: "amd-widget",
        version: "1",
        head: '<script>window.require.config({"paths":{"amd-widget":"amd-widget/index"}});</script>',
      },
    ],
    shown: ":text-is('AMD')",
  },
};

/** An anywidget whose module and styles have addresses relative to the page. */
const BY_ADDRESS: Kind = {
  state: { ...anywidget("./module.js"), _css: "./style.css" },
  shown: ":text-is('drawn')",
};

const OUTPUTS = Object.keys(KINDS)
  .map((id) => `<div id="${id}" class="shiny-ipywidget-output"></div>`)
  .join("");

const FILES = {
  "/amd-widget/index.js": {
    text: `define(["@jupyter-widgets/base"], (base) => ({
      AmdModel: class extends base.DOMWidgetModel {},
      AmdView: class extends base.DOMWidgetView { render() { this.el.textContent = "AMD"; } },
    }));`,
  },
  "/module.js": { text: DRAWS },
  "/style.css": { text: "#address { color: rgb(1, 2, 3) }" },
};

/** Opens a page with an output for each kind of widget, and waits for the client. */
async function open(options: PageOptions) {
  const opened = await openPage({ files: FILES, after: OUTPUTS, ...options });
  await clientStarted(opened.page);
  return opened;
}

const clientStarted = (page: Page | Frame) =>
  page.waitForFunction(() => Symbol.for("shiny-comm") in globalThis);

const show = (page: Page | Frame, id: string, { state, htmlDeps = [] }: Kind) =>
  page.evaluate(
    ([output, data, dependencies]) => {
      const here = globalThis as InMemoryPage;
      here.send("open", output, {
        target_name: "jupyter.widget",
        html_deps: dependencies,
        data: { state: data, buffer_paths: [] },
      });
      here.show(output, output);
    },
    [id, state, htmlDeps] as const,
  );

/** Shows all kinds of widget. */
async function showKinds(page: Page | Frame): Promise<void> {
  for (const [id, kind] of Object.entries(KINDS)) await show(page, id, kind);
}

/** Returns the kinds that are not shown. */
async function missingKinds(page: Page | Frame): Promise<string[]> {
  const counts = Object.entries(KINDS).map(async ([id, { shown }]) => ({
    id,
    count: await page.locator(`#${id} ${shown}`).count(),
  }));
  return (await Promise.all(counts)).filter(({ count }) => count === 0).map(({ id }) => id);
}

/** Expects a value of a page whose clock is installed: each poll lets a second pass on the page. */
function laterExpect<Value>(page: Page, read: () => Promise<Value>) {
  return expect.poll(async () => {
    await page.clock.runFor(1_000);
    return read();
  });
}

describe("a page with an opaque origin", () => {
  const ALL_ORIGINS = { "access-control-allow-origin": "*" };
  const SANDBOX = { "content-security-policy": "sandbox allow-scripts" };
  /** The headers of a page in a sandbox. Its server allows other origins for fonts only. */
  const inSandbox = (path: string): Record<string, string> =>
    path === "/" ? SANDBOX : path.includes("/fonts/") ? ALL_ORIGINS : {};

  test("a page with a policy for a sandbox shows all kinds of widget", async () => {
    const { page, errors, uncaught } = await open({ headers: inSandbox });
    expect(await page.evaluate(() => origin)).toBe("null");
    await showKinds(page);
    await expect.poll(() => missingKinds(page)).toEqual([]);
    expect([errors, uncaught]).toEqual([[], []]);
    await page.close();
  });

  test("a sandboxed iframe shows all kinds of widget", async () => {
    const html = '<link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="/"></iframe>';
    const { page, errors } = await open({
      headers: (path) => (path === "/" ? {} : inSandbox(path)),
      files: { ...FILES, "/frame": { text: html } },
    });
    await page.goto(`${page.url()}frame`);
    const frame = page.frames()[1];
    if (!frame) throw new Error("the page has no iframe");
    await clientStarted(frame);
    expect(await frame.evaluate(() => origin)).toBe("null");
    await showKinds(frame);
    await expect.poll(() => missingKinds(frame)).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a module by address is shown if its server allows all origins", async () => {
    const { page, errors } = await open({
      headers: (path) => (path === "/module.js" ? ALL_ORIGINS : inSandbox(path)),
    });
    await show(page, "anywidget", { state: anywidget("/module.js"), shown: "" });
    await expect.poll(() => page.textContent("#anywidget")).toBe("drawn");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("the place of a module by address has the reason if its server does not allow all origins", async () => {
    const { page } = await open({ headers: inSandbox });
    await page.clock.install();
    await show(page, "anywidget", { state: anywidget("/module.js"), shown: "" });
    await laterExpect(page, () => page.textContent("#anywidget")).toMatch(
      /opaque origin.*Access-Control-Allow-Origin: \*/,
    );
    await page.close();
  });
});

test("a page that a host has moved to another worker shows all kinds of widget, and requests nothing from the old worker", async () => {
  const old: string[] = [];
  let isMoved = false;
  const { page, errors, uncaught } = await open({
    base: "/_w_1/",
    lacks: (path) => {
      if (!isMoved || !path.startsWith("/_w_1/")) return false;
      old.push(path);
      return true;
    },
  });
  isMoved = true;
  await page.evaluate(() => document.querySelector("base")?.setAttribute("href", "/_w_2/"));
  await showKinds(page);
  await expect.poll(() => missingKinds(page)).toEqual([]);
  expect([old, errors, uncaught]).toEqual([[], [], []]);
  await page.close();
});

test("a page whose address history.pushState has changed shows all kinds of widget, also by address", async () => {
  const { page, errors, uncaught } = await open({
    after: `${OUTPUTS}<div id="address" class="shiny-ipywidget-output"></div>`,
  });
  await page.evaluate(() => history.pushState(null, "", "/another/page"));
  await showKinds(page);
  await show(page, "address", BY_ADDRESS);
  await expect.poll(() => missingKinds(page)).toEqual([]);
  await expect.poll(() => page.textContent("#address")).toBe("drawn");
  const color = () =>
    page.evaluate(() => getComputedStyle(document.body.lastElementChild as Element).color);
  await expect.poll(color).toBe("rgb(1, 2, 3)");
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

/** Counts the requests of each file. */
function counted(): (path: string) => number {
  const requests = new Map<string, number>();
  return (path) => {
    requests.set(path, (requests.get(path) ?? 0) + 1);
    return requests.get(path) ?? 0;
  };
}

const isScript = (path: string): boolean => /chunks\/.*\.js|amd-widget/.test(path);

/** Servers of other kinds. */
const SERVERS: Record<string, (count: (path: string) => number) => PageOptions> = {
  "fails twice for each file": (count) => ({
    lacks: (path) => /chunks|amd-widget/.test(path) && count(path) <= 2,
  }),
  "sends a page in place of each script twice": (count) => ({
    replaced: (path) =>
      isScript(path) && count(path) <= 2 ? "<!doctype html><p>Sign in" : undefined,
  }),
  "does not answer the first request of each chunk": (count) => ({
    delay: (path) =>
      /chunks\/(?!start).*\.js/.test(path) && count(path) === 1
        ? new Promise(() => undefined)
        : undefined,
  }),
  "sends scripts as plain text": () => ({
    headers: (path) => (isScript(path) ? { "content-type": "text/plain" } : {}),
  }),
};

test.each(Object.entries(SERVERS))(
  "a page whose server %s shows all kinds of widget",
  async (_what, optionsOf) => {
    const { page, uncaught } = await openPage({
      files: FILES,
      after: OUTPUTS,
      ...optionsOf(counted()),
    });
    await page.clock.install();
    await sessionStarted(page);
    await showKinds(page);
    await laterExpect(page, () => missingKinds(page)).toEqual([]);
    // The browser reports the pages that it ran as scripts.
    expect(uncaught.filter((text) => text !== "Unexpected token '<'")).toEqual([]);
    await page.close();
  },
);

test("a module of the app that the server does not answer at first is drawn", async () => {
  const address = "/shiny-comm-modules/module.js";
  const count = counted();
  const { page, errors, uncaught } = await open({
    files: { [address]: { text: DRAWS } },
    delay: (path) =>
      path === address && count(path) === 1 ? new Promise(() => undefined) : undefined,
  });
  await page.clock.install();
  await show(page, "anywidget", { state: anywidget(`.${address}`), shown: "" });
  await laterExpect(page, () => page.textContent("#anywidget")).toBe("drawn");
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("widgets are shown after an outage of the network of 25 s", async () => {
  let isCut = false;
  const { page, uncaught } = await open({
    after: `${OUTPUTS}<div id="address" class="shiny-ipywidget-output"></div>`,
  });
  await page.clock.install();
  await page.route(/chunks|amd-widget|module|style/, (route) =>
    isCut ? route.abort("internetdisconnected") : route.fallback(),
  );
  isCut = true;
  await page.context().setOffline(true);
  await showKinds(page);
  await show(page, "address", BY_ADDRESS);
  for (let second = 0; second < 25; second += 1) await page.clock.runFor(1_000);
  expect(await page.locator(".shiny-comm-error").count()).toBe(0);
  isCut = false;
  await page.context().setOffline(false);
  await laterExpect(page, () => missingKinds(page)).toEqual([]);
  await expect.poll(() => page.textContent("#address")).toBe("drawn");
  expect(uncaught).toEqual([]);
  await page.close();
});

test("the place of a widget whose chunk is missing has the file, and advice", async () => {
  const { page } = await open({ lacks: (path) => path.includes("/controls-core-") });
  await page.clock.install();
  await show(page, "slider", KINDS.slider as Kind);
  await laterExpect(page, () => page.textContent("#slider")).toMatch(
    /cannot load \S+\/chunks\/controls-core-\w+\.js.*Reload the page/,
  );
  await page.close();
});

test("a widget is shown without a style sheet that the server does not answer", async () => {
  const { page, uncaught } = await open({});
  await page.route(/\/chunks\/.*\.css$/, () => undefined);
  await page.clock.install();
  await showKinds(page);
  await laterExpect(page, () => missingKinds(page)).toEqual([]);
  expect(uncaught).toEqual([]);
  await page.close();
});

/** Returns a document that has the client as texts, as the R package writes it. */
async function selfContained(): Promise<string> {
  const names = await readdir(join(dist, "chunks"));
  const read = (start: string) =>
    readFile(join(dist, "chunks", names.find((name) => name.startsWith(start)) ?? start), "utf8");
  const chunks = await Promise.all(["start-", "document-", "controls-core-"].map(read));
  const [key] = /Symbol\.for\("[^"]+"\)/.exec(chunks[0] ?? "") ?? [];
  const jquery = createRequire(import.meta.url).resolve("jquery/dist/jquery.min.js");
  const scripts = [
    await readFile(jquery, "utf8"),
    `globalThis[${key}] = { chunks: {}, styles: { controls: "data:text/css," } }`,
    ...chunks,
    await readFile(join(dist, "shiny-comm.js"), "utf8"),
  ].map((text) => `<script>${text.replaceAll("</script", "<\\/script")}</script>`);
  const { _model_name, ...state } = control("IntSlider", { value: 3 });
  const model = { model_name: _model_name, model_module: state._model_module, state };
  const json = (kind: string, value: object) =>
    `<script type="application/vnd.jupyter.widget-${kind}+json">${JSON.stringify(value)}</script>`;
  return `<!doctype html><meta charset="utf-8">${scripts.join("")}<body>
    ${json("state", { state: { m: { ...model, model_module_version: "2.0.0" } } })}
    ${json("view", { model_id: "m" })}`;
}

/** Frames without the address of a file. */
const FRAMES: Record<string, (frame: HTMLIFrameElement, html: string) => void> = {
  "a data: address": (frame, html) => {
    frame.src = `data:text/html;base64,${btoa(unescape(encodeURIComponent(html)))}`;
  },
  "a blob: address": (frame, html) => {
    frame.src = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  },
  "a srcdoc": (frame, html) => {
    frame.srcdoc = html;
  },
  "a text that its page writes": (frame, html) => {
    frame.contentDocument?.write(html);
    frame.contentDocument?.close();
  },
};

test.each(Object.keys(FRAMES))(
  "a document without other files is shown in a frame with %s",
  async (kind) => {
    const { page, errors, uncaught } = await open({});
    await page.evaluate(`((html) => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    (${FRAMES[kind]})(frame, html);
  })(${JSON.stringify(await selfContained())})`);
    const readout = page.frameLocator("iframe").locator(".widget-readout");
    await expect.poll(() => readout.textContent()).toBe("3");
    expect([errors, uncaught]).toEqual([[], []]);
    await page.close();
  },
);
