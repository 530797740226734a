/** The inspector's panel on a page with an in-memory Shiny. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Report } from "../../src/inspector/report.js";
import { openPage, useBrowser } from "./in-memory.js";

useBrowser();

/** What the page's own script defines; see in-memory.ts. */
interface InMemory {
  Shiny: { inDevMode?: () => boolean };
  ShinyComm?: { inspect(): Promise<unknown> };
  handlers: Record<string, (payload: unknown) => unknown>;
  send(kind: string, id: string, content: object, rest?: object): void;
  openAfm(id: string, esm: string, state?: object): void;
  show(id: string, el: string): void;
  [name: string]: unknown;
}

/** The client, as far as the tests look into it. */
interface Client {
  connection: { debug: { tap: unknown } };
  inspect(): Promise<{ report(options?: { values: boolean }): Promise<string>; close(): void }>;
  stop(): void;
}

/** What copies of the package share, as far as the tests use it. */
interface Shared {
  modules: { name: string; version: string; load: () => unknown }[];
}

const DRAWN = `export default { render({ model, el }) {
  globalThis.model = model; el.textContent = "drawn"; } }`;

/** A page with one anywidget, `m1`, in the output `a`. */
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

/** Calls a function of the test's with the client. */
function withClient<T>(page: Page, run: (client: Client) => T): Promise<Awaited<T>> {
  return page.evaluate<Awaited<T>>(`(${run})(window[Symbol.for("shiny-comm")])`);
}

async function reportOf(page: Page, values = false): Promise<Report> {
  const text = await withClient(
    page,
    values
      ? async (client) => (await client.inspect()).report({ values: true })
      : async (client) => (await client.inspect()).report(),
  );
  return JSON.parse(text);
}

/** The texts of the rows of the tab that is in view. */
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

test("it is not loaded before it is asked for, and opens by a call", async () => {
  const { page, errors } = await openDrawn();
  expect(await chunks(page)).toEqual([]);
  expect(await panelOf(page).count()).toBe(0);
  await inspect(page);
  expect(await chunks(page)).toHaveLength(1);
  expect(await rowsOf(page)).toEqual([expect.stringMatching(/^m1.*AnyModel.*anywidget@/)]);
  expect(errors).toEqual([]);
  await page.close();
});

test("two calls open one, and the call finds the open one", async () => {
  const { page } = await openDrawn();
  const same = await withClient(page, async (client) => {
    const both = [client.inspect(), client.inspect()];
    return (await both[0]) === (await both[1]);
  });
  expect(same).toBe(true);
  expect(await panelOf(page).count()).toBe(1);
  await page.close();
});

test("Ctrl+F9 and Cmd+F9 open and close it in development mode", async () => {
  const { page } = await openDrawn();
  await setDevMode(page, true);
  for (const keys of ["Control+F9", "Meta+F9"]) {
    await page.keyboard.press(keys);
    await panelOf(page).waitFor();
    await page.keyboard.press(keys);
    await panelOf(page).waitFor({ state: "detached" });
  }
  await page.close();
});

test.each(["F9", "Control+Shift+F9", "Control+Alt+F9", "Control+F8"])(
  "%s does nothing in development mode",
  async (keys) => {
    const { page } = await openDrawn();
    await setDevMode(page, true);
    await page.keyboard.press(keys);
    expect(await chunks(page)).toEqual([]);
    expect(await panelOf(page).count()).toBe(0);
    await page.close();
  },
);

test("Ctrl+F9 does nothing outside development mode, nor where Shiny knows none", async () => {
  const { page } = await openDrawn();
  await page.evaluate(() => {
    addEventListener("keydown", (event) => {
      Object.assign(globalThis, { prevented: event.defaultPrevented });
    });
  });
  await page.keyboard.press("Control+F9");
  await setDevMode(page, false);
  await page.keyboard.press("Control+F9");
  expect(await page.evaluate(() => (globalThis as unknown as InMemory).prevented)).toBe(false);
  expect(await chunks(page)).toEqual([]);
  expect(await panelOf(page).count()).toBe(0);
  await page.close();
});

test("it takes the focus, Escape closes it, and the focus is where it was", async () => {
  const { page } = await openDrawn();
  await page.evaluate(() => {
    const button = document.body.appendChild(document.createElement("button"));
    button.id = "before";
    button.focus();
    document.addEventListener("keydown", ({ key }) => Object.assign(globalThis, { leaked: key }));
  });
  await inspect(page);
  const focused = () => page.evaluate(() => document.activeElement?.className);
  expect(await focused()).toBe("shiny-comm-inspector");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await panelOf(page).waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("before");
  expect(await page.evaluate(() => "leaked" in globalThis)).toBe(false);
  await page.close();
});

test("the arrow keys move between the tabs", async () => {
  const { page } = await openDrawn();
  await inspect(page);
  await panelOf(page).getByRole("tab", { name: "Comms" }).focus();
  const selected = () => panelOf(page).getByRole("tab", { selected: true }).textContent();
  await page.keyboard.press("ArrowRight");
  expect(await selected()).toMatch(/^Waiting/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  expect(await selected()).toMatch(/^Errors/);
  await page.close();
});

test("it counts messages and bytes both ways while it is open, and what was before it in sum", async () => {
  const { page } = await openDrawn();
  await inspect(page);
  await page.evaluate(async () => {
    const here = globalThis as unknown as InMemory;
    here.send("msg", "m1", { data: { method: "custom", content: 1 } });
    const model = here.model as { set(key: string, value: unknown): void; save_changes(): void };
    model.set("n", 1);
    model.save_changes();
    here.send("msg", "m1", { data: { method: "echo_update", state: { n: 1 }, buffer_paths: [] } });
  });
  await expect.poll(async () => (await reportOf(page)).watched.change.count).toBe(2);
  const { total, watched, comms, messages } = await reportOf(page);
  expect(total).toEqual({ received: 3, sent: 1 });
  expect(watched.received.messages).toBe(2);
  expect(watched.received.size).toBeGreaterThan(100);
  expect(watched.sent.messages).toBe(1);
  expect(watched.answer.count).toBe(1);
  expect(comms[0]).toMatchObject({ received: { messages: 2 }, sent: { messages: 1 } });
  expect(messages.map(({ direction, method }) => [direction, method])).toEqual([
    ["out", "update"],
    ["in", "custom"],
    ["in", "echo_update"],
  ]);
  await expect.poll(() => panelOf(page).locator(".summary").textContent()).toMatch(/in 2 .*out 1 /);
  await tab(page, "Messages");
  await expect.poll(() => rowsOf(page)).toHaveLength(3);
  await page.close();
});

test("it says what waits and why: a child, a module, an early message, an update without an answer", async () => {
  const { page } = await openDrawn();
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    const shared = (here as unknown as Record<symbol, Shared>)[Symbol.for("shiny-comm/0")];
    shared?.modules.push({
      name: "slow",
      version: "2.0.0",
      load: () => new Promise(() => undefined),
    });
    const open = (id: string, module: string, name: string, state = {}) =>
      here.send("open", id, {
        target_name: "jupyter.widget",
        data: {
          buffer_paths: [],
          state: {
            _model_name: `${name}Model`,
            _view_name: `${name}View`,
            _model_module: module,
            _view_module: module,
            _model_module_version: "2.0.0",
            _view_module_version: "2.0.0",
            ...state,
          },
        },
      });
    open("parent", "@jupyter-widgets/controls", "VBox", { children: ["IPY_MODEL_child"] });
    open("loading", "slow", "Slow");
    here.send("msg", "loading", { data: { method: "update", state: {}, buffer_paths: [] } });
    here.send("msg", "early", { data: { method: "custom", content: 1 } });
    const model = here.model as { set(key: string, value: unknown): void; save_changes(): void };
    for (const n of [1, 2]) {
      model.set("n", n);
      model.save_changes();
    }
    here.show("parent", "b");
  });
  await inspect(page);
  const reasons = async () =>
    (await reportOf(page)).waiting.map(({ what, comm_id, why }) => `${what} ${comm_id}: ${why}`);
  await expect
    .poll(reasons)
    .toContain("model parent: It waits for child, which the server has not opened.");
  expect(await reasons()).toEqual(
    expect.arrayContaining([
      "model child: It is named by others, and the server has not opened it.",
      "model loading: It waits for the module slow@2.0.0.",
      "messages loading: 1 message behind the open: the model is being made.",
      "messages early: 1 message came before the open of the comm.",
      "answer m1: The server has not answered the update of n.",
      "update m1: Changes of n held back till the server has answered.",
      "module : slow@2.0.0 is being loaded.",
      "output : The output b shows that its widget is on its way.",
    ]),
  );
  await tab(page, "Waiting");
  await expect.poll(async () => (await rowsOf(page)).join("\n")).toMatch(/It waits for child/);
  // The child comes: nothing waits for it any more.
  await page.evaluate((esm) => (globalThis as unknown as InMemory).openAfm("child", esm), DRAWN);
  await expect.poll(async () => (await reasons()).join()).not.toMatch(/parent|child/);
  await page.close();
});

test("it lists the errors of before and after its opening, with their stacks", async () => {
  const { page } = await openDrawn();
  const fail = (text: string) =>
    page.evaluate((payload) => {
      (globalThis as unknown as InMemory).handlers.shinywidgets_comm_msg?.(payload);
    }, text);
  await fail("before");
  await inspect(page);
  await fail('{"content": {"comm_id": "m1", "data": []}}');
  await tab(page, "Errors");
  await expect.poll(() => rowsOf(page)).toHaveLength(2);
  await panelOf(page).locator("tbody button:visible").first().click();
  await expect
    .poll(() => panelOf(page).locator(".details:visible").textContent())
    .toMatch(/StackCommError \[DECODE\]|Stack[\s\S]*at /);
  const { errors, messages } = await reportOf(page);
  expect(errors.count).toBe(2);
  expect(errors.last[1]).toMatchObject({ comm_id: "m1", kind: "comm_msg" });
  expect(messages).toMatchObject([{ malformed: true }]);
  await page.close();
});

test("the report tells sizes of values, and the values only where they are asked for", async () => {
  const { page } = await openDrawn();
  await inspect(page);
  const report = await reportOf(page);
  expect(report).toMatchObject({
    report: 1,
    versions: { client: expect.stringMatching(/^\d+\.\d+\.\d+/), browser: expect.any(String) },
    page: { address: "http://in-memory.test/", developmentMode: false, outputs: 2 },
    session: "open",
  });
  expect(report.comms[0]).toMatchObject({
    comm_id: "m1",
    target: "jupyter.widget",
    status: "made",
    name: "AnyModel",
    module: "anywidget",
    version: "~0.11.*",
    views: 1,
    outputs: ["a"],
    state: { secret: { size: 14 } },
  });
  expect(JSON.stringify(report)).not.toContain("private");
  const withValues = await reportOf(page, true);
  expect(withValues.comms[0]?.state.secret).toEqual({ size: 14, value: '"a private text"' });
  await page.close();
});

test("where the browser keeps the clipboard from the page, the report is shown to be copied", async () => {
  const { page } = await openDrawn();
  await inspect(page);
  await panelOf(page).getByRole("button", { name: "Copy JSON" }).click();
  const text = panelOf(page).locator("textarea");
  await text.waitFor();
  expect(JSON.parse(await text.inputValue())).toMatchObject({ report: 1 });
  await page.close();
});

test("what a hostile server calls its widgets is text, in the panel and in the report", async () => {
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
  expect((await rowsOf(page)).join("\n")).toContain(attack);
  const { comms } = await reportOf(page, true);
  const hostile = comms.find(({ comm_id }) => comm_id === "long");
  expect(Object.keys(hostile?.state ?? {})).toEqual(
    expect.arrayContaining([attack, "toString", "hasOwnProperty"]),
  );
  expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
  // The policy has nothing against its style either.
  expect(await panelOf(page).evaluate((el) => getComputedStyle(el).position)).toBe("fixed");
  expect(errors.filter((text) => /Content.Security.Policy/i.test(text))).toEqual([]);
  await page.close();
});

test("of 1,200 comms it shows 200, the filter finds others, and nothing is drawn while nothing happens", async () => {
  const { page } = await openDrawn();
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    for (let n = 0; n < 1_199; n += 1) here.openAfm(`w${n}`, "export default {}");
  });
  await inspect(page);
  await expect.poll(() => rowsOf(page)).toHaveLength(200);
  expect(await panelOf(page).locator(".note:visible").textContent()).toMatch(/^200 of 1200/);
  await expect.poll(async () => (await reportOf(page)).waiting).toEqual([]);
  const changes = await panelOf(page).evaluate(async (el) => {
    // One refresh may still bring what has been made just now.
    await new Promise((resolve) => setTimeout(resolve, 500));
    let count = 0;
    const observer = new MutationObserver((records) => {
      count += records.length;
    });
    observer.observe(el, { subtree: true, childList: true, characterData: true, attributes: true });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return count;
  });
  expect(changes).toBe(0);
  await panelOf(page).getByRole("searchbox").fill("w1150");
  await expect.poll(() => rowsOf(page)).toEqual([expect.stringMatching(/^w1150/)]);
  await page.close();
});

test("a row stays, with the focus in it, while its numbers change", async () => {
  const { page } = await openDrawn();
  await inspect(page);
  const button = panelOf(page).locator("tbody button");
  await button.click();
  await page.evaluate(() =>
    (globalThis as unknown as InMemory).send("msg", "m1", { data: { method: "custom" } }),
  );
  await expect.poll(async () => (await rowsOf(page))[0]).toMatch(/1 \(\d+\)/);
  expect(await button.getAttribute("aria-pressed")).toBe("true");
  const focused = await page.evaluate(
    () => document.activeElement?.shadowRoot?.activeElement?.textContent,
  );
  expect(focused).toBe("m1");
  await page.close();
});

test("closed, it leaves nothing: no element, no listener, no observer, no memory", async () => {
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

test("when the client stops, the inspector closes, and neither call nor key is left", async () => {
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
