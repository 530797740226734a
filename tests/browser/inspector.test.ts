/** The inspector of the built client: its chunk, its memory, a strict policy. tests/widgets/inspector.test.ts has the rest. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Report } from "../../src/inspector/report.js";
import { openPage, useBrowser } from "./in-memory.js";

useBrowser();

/** The globals of the page's script; see in-memory.ts. */
interface InMemory {
  Shiny: { inDevMode?: () => boolean };
  ShinyComm?: { inspect(): Promise<unknown> };
  handlers: Record<string, (payload: unknown) => unknown>;
  send(kind: string, id: string, content: object, rest?: object): void;
  openAfm(id: string, esm: string, state?: object): void;
  show(id: string, el: string): void;
  [name: string]: unknown;
}

/** The parts of the client that the tests use. */
interface Client {
  connection: { debug: { tap: unknown } };
  inspect(): Promise<{ report(options?: { values: boolean }): Promise<string>; close(): void }>;
  stop(): void;
}

const DRAWN = `export default { render({ model, el }) {
  globalThis.model = model; el.textContent = "drawn"; } }`;

/** Opens a page with one anywidget, `m1`, in the output `a`. */
async function openDrawn(options = {}) {
  const watched = await openPage(options);
  await watched.page.evaluate((esm) => {
    const here = globalThis as unknown as InMemory;
    here.openAfm("m1", esm, { n: 0, secret: "a private text" });
    here.show("m1", "a");
  }, DRAWN);
  await expect.poll(() => watched.page.textContent("#a")).toBe("drawn");
  return watched;
}

const panelOf = (page: Page) => page.locator(".shiny-comm-inspector section");

async function inspect(page: Page) {
  await page.evaluate(() => (globalThis as unknown as InMemory).ShinyComm?.inspect());
  await panelOf(page).waitFor();
}

/** Calls a function with the client, in the page. */
function withClient<T>(page: Page, run: (client: Client) => T): Promise<Awaited<T>> {
  return page.evaluate<Awaited<T>>(`(${run})(window[Symbol.for("shiny-comm")])`);
}

/** Returns the report with the values. */
async function reportOf(page: Page): Promise<Report> {
  return JSON.parse(
    await withClient(page, async (client) => (await client.inspect()).report({ values: true })),
  );
}

/** Returns the texts of the rows in the visible tab. */
const rowsOf = (page: Page) => panelOf(page).locator("tbody tr:visible").allTextContents();

const tab = (page: Page, name: string) => panelOf(page).getByRole("tab", { name }).click();

const chunks = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => /chunks\/inspector|chunks\/index/.test(name)),
  );

const setDevMode = (page: Page, on: boolean) =>
  page.evaluate((value) => {
    (globalThis as unknown as InMemory).Shiny.inDevMode = () => value;
  }, on);

test("the inspector's chunk is loaded by the call that opens the panel, not before", async () => {
  const { page, errors } = await openDrawn();
  await page.keyboard.press("Control+F9");
  expect(await chunks(page)).toEqual([]);
  expect(await panelOf(page).count()).toBe(0);
  await inspect(page);
  expect(await chunks(page)).toHaveLength(1);
  await expect
    .poll(() => rowsOf(page))
    .toEqual([expect.stringMatching(/^m1.*AnyModel.*anywidget@/)]);
  expect(errors).toEqual([]);
  await page.close();
});

test("the report is shown as text when the browser denies the clipboard", async () => {
  const { page } = await openDrawn();
  await inspect(page);
  await panelOf(page).getByRole("button", { name: "Copy JSON" }).click();
  const text = panelOf(page).locator("textarea");
  await text.waitFor();
  expect(JSON.parse(await text.inputValue())).toMatchObject({ report: 1 });
  await page.close();
});

test("names from a hostile server are text in the panel and in the report", async () => {
  const { page, errors } = await openDrawn({ strict: true });
  const attack = "<img src=x onerror=globalThis.hacked=1>";
  await page.evaluate((name) => {
    const here = globalThis as unknown as InMemory;
    here.send("open", name, {
      target_name: "jupyter.widget",
      data: {
        buffer_paths: [],
        state: {
          _model_name: name,
          _model_module: "@jupyter-widgets/base",
          _model_module_version: name,
          [name]: name,
          constructor: name,
        },
      },
    });
    here.openAfm("long", "export default {}", { [name]: name, toString: 1, hasOwnProperty: 2 });
    here.send("msg", `${name}early`, { data: { method: name } });
    here.handlers.shinywidgets_comm_open?.(
      JSON.stringify({ content: { comm_id: "x", data: {}, target_name: name } }),
    );
  }, attack);
  await inspect(page);
  for (const name of ["Waiting", "Messages", "Errors", "Comms"]) {
    await tab(page, name);
    for (const button of await panelOf(page).locator("tbody button:visible").all()) {
      await button.click();
      expect(await panelOf(page).locator("img, script, a").count()).toBe(0);
    }
  }
  await expect.poll(async () => (await rowsOf(page)).join("\n")).toContain(attack);
  const { comms } = await reportOf(page);
  const hostile = comms.find(({ comm_id }) => comm_id === "long");
  expect(Object.keys(hostile?.state ?? {})).toEqual(
    expect.arrayContaining([attack, "toString", "hasOwnProperty"]),
  );
  expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
  // The policy also allows the panel's style.
  expect(await panelOf(page).evaluate((el) => getComputedStyle(el).position)).toBe("fixed");
  expect(errors.filter((text) => /Content.Security.Policy/i.test(text))).toEqual([]);
  await page.close();
});

test("a closed panel leaves no element, listener, observer or memory behind", async () => {
  const { page } = await openDrawn();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const cycle = async () => {
    await inspect(page);
    for (const name of ["Waiting", "Messages", "Errors"]) await tab(page, name);
    await panelOf(page).getByRole("button", { name: "Close" }).click();
    await panelOf(page).waitFor({ state: "detached" });
  };
  const measure = async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return { listeners: of("JSEventListeners"), nodes: of("Nodes"), heap: of("JSHeapUsedSize") };
  };
  await cycle();
  const before = await measure();
  for (let n = 0; n < 6; n += 1) await cycle();
  expect(await withClient(page, ({ connection }) => connection.debug.tap === undefined)).toBe(true);
  await expect
    .poll(async () => {
      const { listeners, nodes, heap } = await measure();
      const grown = heap - before.heap;
      return [listeners - before.listeners, nodes - before.nodes, grown < 200_000 || grown];
    })
    .toEqual([0, 0, true]);
  await page.close();
});

test("a client that stops closes the panel and removes the call and the key", async () => {
  const { page } = await openDrawn();
  await setDevMode(page, true);
  await inspect(page);
  await withClient(page, (client) => client.stop());
  await panelOf(page).waitFor({ state: "detached" });
  expect(await page.evaluate(() => "ShinyComm" in globalThis)).toBe(false);
  await page.keyboard.press("Control+F9");
  expect(await panelOf(page).count()).toBe(0);
  await page.close();
});
