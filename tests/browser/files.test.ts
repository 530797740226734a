/** The client's files and modules: with an opaque origin, after a host has moved the page, after failures. */
import type { Frame, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { openPage, type PageOptions, sessionStarted, useBrowser } from "./in-memory.js";

useBrowser();

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
  anywidget: { state: anywidget(DRAWS), shown: ":text('drawn')" },
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
    shown: ":text('AMD')",
  },
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
    await expect
      .poll(async () => {
        await page.clock.runFor(1_000);
        return page.textContent("#anywidget");
      })
      .toMatch(/opaque origin.*Access-Control-Allow-Origin: \*/);
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

test("a page whose server fails twice for each file shows all kinds of widget", async () => {
  const requests = new Map<string, number>();
  const { page, uncaught } = await openPage({
    files: FILES,
    after: OUTPUTS,
    lacks: (path) => {
      requests.set(path, (requests.get(path) ?? 0) + 1);
      return /chunks|amd-widget/.test(path) && (requests.get(path) ?? 0) <= 2;
    },
  });
  await page.clock.install();
  await sessionStarted(page);
  await showKinds(page);
  await expect
    .poll(async () => {
      await page.clock.runFor(1_000);
      return missingKinds(page);
    })
    .toEqual([]);
  expect(uncaught).toEqual([]);
  await page.close();
});

test("a widget is shown without a style sheet that the server does not answer", async () => {
  const { page, uncaught } = await open({});
  await page.route(/\/chunks\/.*\.css$/, () => undefined);
  await page.clock.install();
  await showKinds(page);
  await expect
    .poll(async () => {
      await page.clock.runFor(1_000);
      return missingKinds(page);
    })
    .toEqual([]);
  expect(uncaught).toEqual([]);
  await page.close();
});
