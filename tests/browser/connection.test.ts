/** One connection and one registry, for any order of the script tag, packages and Shiny on a page. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Connection, onError, registerWidgetModule } from "../../src/index.js";
import { openPage, type PageOptions, sessionStarted, useBrowser } from "./in-memory.js";

useBrowser();

interface Copy {
  connect(): Connection;
  onError: typeof onError;
  registerWidgetModule: typeof registerWidgetModule;
}

interface InMemory {
  sent: [string, { content: { comm_id: string; data: unknown } }][];
  handlers: Record<string, (payload: unknown) => unknown>;
  log: string[];
  /** Copies of the package, by their paths. */
  copies: Record<string, Copy>;
  send(kind: string, id: string, content: object, rest?: object): void;
  openAfm(id: string, esm: string, state?: object): void;
  show(id: string, el: string): void;
  /** Opens a widget of the module `versioned`. */
  openVersioned(id: string, range: string): void;
  jQuery(target: unknown): { trigger(event: unknown): void };
  shiny: { idle(): Promise<void>; session: { sendFrame(frame: object): void } };
  Shiny: { shinyapp: { taskQueue: { enqueue(task: () => unknown): void } } };
  /** Lets Shiny bind outputs. */
  bindOutputs(): void;
}
type InMemoryPage = typeof globalThis & InMemory;

/** The paths of two copies of one bundle, as in two packages that share only the page. */
const COPIES = ["/one/shiny-comm.js", "/two/shiny-comm.js"] as const;
let bundle: string;
beforeAll(async () => {
  bundle = await readFile(join(import.meta.dirname, "../../dist/shiny-comm.module.js"), "utf8");
});

/** Returns the script of a package, which registers a target and a version of a widget module. */
const PACKAGE = (path: string): string => `
  import * as copy from "${path}";
  (globalThis.copies ??= {})["${path}"] = copy;
  globalThis.log ??= [];
  const name = "${path.split("/")[1]}";
  copy.connect().register_target(name, (comm) => {
    log.push(name + " opened " + comm.comm_id);
    comm.on_msg(({ content }) => {
      log.push(name + " got " + content.data.n);
      comm.send({ echo: content.data.n });
    });
    comm.on_close(() => log.push(name + " closed " + comm.comm_id));
  });
  copy.registerWidgetModule("versioned", name === "one" ? "1.0.0" : "2.0.0", async ({ load }) => {
    const { DOMWidgetModel, DOMWidgetView } = await load("@jupyter-widgets/base");
    log.push(name + " loaded");
    return {
      VersionedModel: class extends DOMWidgetModel {},
      VersionedView: class extends DOMWidgetView {
        render() { this.el.textContent = name + " " + this.model.get("n"); }
      },
    };
  });`;

const HELPERS = `<script nonce="page">
  window.openVersioned = (id, range) => send("open", id, {
    target_name: "jupyter.widget",
    data: { buffer_paths: [], state: {
      _model_name: "VersionedModel", _model_module: "versioned", _model_module_version: range,
      _view_name: "VersionedView", _view_module: "versioned", _view_module_version: range, n: id } } });
</script>`;

const tag = (path: string): string => `<script type="module">${PACKAGE(path)}</script>`;

function open(options: PageOptions) {
  const copies = Object.fromEntries(COPIES.map((path) => [path, { text: bundle }]));
  const files = { ...options.files, ...copies };
  return openPage({ ...options, files, before: `${options.before ?? ""}${HELPERS}` });
}

/** Opens a page whose server delays some files until `release` is called. */
async function openDelayed(isDelayed: (path: string) => boolean, options: PageOptions = {}) {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const delay = (path: string) => (isDelayed(path) ? released : undefined);
  return { ...(await open({ ...options, delay })), release };
}

const isClientChunk = (path: string): boolean => path.includes("/chunks/start");

const log = (page: Page) => page.evaluate(() => (globalThis as InMemoryPage).log);
const ready = (page: Page, path: string = COPIES[0]) =>
  page.waitForFunction((name) => (globalThis as InMemoryPage).copies?.[name], path);

/** Adds the script tag, as dynamic UI does. */
const addScript = (page: Page) =>
  page.evaluate(() => {
    const script = document.createElement("script");
    script.src = "/dist/shiny-comm.js";
    document.head.append(script);
  });

/** Opens and uses a comm of a package, a widget of the package, and an anywidget. */
const openAll = (page: Page, name = "one") =>
  page.evaluate((target) => {
    const here = globalThis as InMemoryPage;
    here.send("open", "c1", { target_name: target });
    here.send("msg", "c1", { data: { n: 1 } });
    here.openVersioned("m1", "^1.0.0");
    here.show("m1", "a");
    here.openAfm(
      "m2",
      `export default { render({ model, el }) {
        model.on("msg:custom", (text) => { el.textContent += text; });
        el.textContent = "afm "; } }`,
    );
    here.show("m2", "b");
    for (const content of ["x", "y"]) {
      here.send("msg", "m2", { data: { method: "custom", content } });
    }
  }, name);

async function expectAll(page: Page, name = "one"): Promise<void> {
  await expect.poll(() => page.textContent("#a")).toBe("one m1");
  await expect.poll(() => page.textContent("#b")).toBe("afm xy");
  const opened = [`${name} opened c1`, `${name} got 1`];
  expect((await log(page)).filter((line) => !line.includes("loaded"))).toEqual(opened);
  const sent = await page.evaluate(() => (globalThis as InMemoryPage).sent);
  expect(sent.map(([input, { content }]) => [input, content.data])).toEqual([
    ["shinywidgets_comm_send", { echo: 1 }],
  ]);
}

test("a package that loads after the script tag registers its targets and modules with the script's client", async () => {
  const { page, errors, uncaught } = await open({ after: tag(COPIES[0]) });
  await ready(page);
  await page.waitForFunction(() => Symbol.for("shiny-comm") in globalThis);
  await openAll(page);
  await expectAll(page);
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("comms of a package work immediately while the client loads, and widgets wait in order", async () => {
  const { page, errors, uncaught, release } = await openDelayed(isClientChunk, {
    after: tag(COPIES[0]),
  });
  await ready(page);
  await openAll(page);
  await expect.poll(() => log(page)).toEqual(["one opened c1", "one got 1"]);
  await expect.poll(() => page.locator("[role=status]").count()).toBe(2);
  expect(
    await page.evaluate((name) => {
      const connection = (globalThis as InMemoryPage).copies[name]?.connect();
      return [connection?.commIds(), connection?.get_comm("c1")?.target_name];
    }, COPIES[0]),
  ).toEqual([["c1", "m1", "m2"], "one"]);
  release();
  await expectAll(page);
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("pending widgets and outputs end with their session while the client loads", async () => {
  const { page, errors, uncaught, release } = await openDelayed(isClientChunk);
  await page.evaluate(() => {
    const here = globalThis as InMemoryPage;
    here.openAfm("old", "export default { render({ el }) { el.textContent = 'old'; } }");
    here.show("old", "a");
    here.show("old", "b");
  });
  await expect.poll(() => page.locator("[role=status]").count()).toBe(2);
  await page.evaluate(() => {
    const here = globalThis as InMemoryPage;
    here.jQuery(document).trigger("shiny:connected");
    here.openAfm("new", "export default { render({ el }) { el.textContent = 'new'; } }");
    here.show("new", "a");
  });
  release();
  await expect.poll(() => page.textContent("#a")).toBe("new");
  expect(await page.textContent("#b")).not.toContain("old");
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("an error of an output, while the client loads, stays until the output's next value", async () => {
  const { page, errors, uncaught, release } = await openDelayed(isClientChunk);
  await page.evaluate(() => {
    const here = globalThis as InMemoryPage;
    here.openAfm("m1", "export default { render({ el }) { el.textContent = 'drawn'; } }");
    here.show("m1", "a");
    here.show("m1", "b");
    const frame = { values: {}, inputMessages: [], errors: { a: { message: "no data" } } };
    here.shiny.session.sendFrame(frame);
  });
  await expect.poll(() => page.textContent("#a")).toBe("no data");
  release();
  await expect.poll(() => page.textContent("#b")).toBe("drawn");
  expect(await page.textContent("#a")).toBe("no data");
  await page.evaluate(() => (globalThis as InMemoryPage).show("m1", "a"));
  await expect.poll(() => page.textContent("#a")).toBe("drawn");
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("a script tag that loads after a package adopts its connection and pending messages, in order", async () => {
  const { page, errors, uncaught } = await open({ client: false, after: tag(COPIES[0]) });
  await ready(page);
  await openAll(page);
  await expect.poll(() => log(page)).toEqual(["one opened c1", "one got 1"]);
  // As with dynamic UI, Shiny binds outputs some time after the script has run.
  await page.evaluate(() => {
    const here = globalThis as InMemoryPage;
    const isBusy = new Promise<void>((resolve) => {
      here.bindOutputs = resolve;
    });
    here.Shiny.shinyapp.taskQueue.enqueue(() => isBusy);
  });
  await addScript(page);
  await page.waitForFunction(async () => {
    const hosts = document.querySelector<HTMLLinkElement>('link[href*="/chunks/anywidget"]');
    if (hosts) await import(hosts.href);
    // Ten frames are enough to make models, and to deliver their pending messages.
    for (let n = 0; n < 10; n += 1) await new Promise(requestAnimationFrame);
    return hosts !== null;
  });
  expect(await page.textContent("#b")).toBe("");
  await page.evaluate(() => (globalThis as InMemoryPage).bindOutputs());
  await expectAll(page);
  const ids = await page.evaluate((name) => {
    const here = globalThis as InMemoryPage & Record<symbol, { connection: Connection }>;
    return [
      here.copies[name]?.connect().commIds().sort(),
      here[Symbol.for("shiny-comm")]?.connection.commIds().sort(),
    ];
  }, COPIES[0]);
  expect(ids).toEqual([
    ["c1", "m1", "m2"],
    ["c1", "m1", "m2"],
  ]);
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("an adopted connection paces the messages of models, and closes its comms with the session", async () => {
  const { page, errors } = await open({ client: false, after: tag(COPIES[0]) });
  await ready(page);
  await addScript(page);
  await page.waitForFunction(() => Symbol.for("shiny-comm") in globalThis);
  await page.evaluate(() => {
    const here = globalThis as InMemoryPage;
    here.send("open", "c1", { target_name: "one" });
    here.openAfm(
      "m1",
      `export default { render({ model, el }) {
        el.textContent = "drawn";
        for (const n of [1, 2, 3]) { model.set("n", n); model.save_changes(); }
      } }`,
      { n: 0 },
    );
    here.show("m1", "a");
  });
  await expect.poll(() => page.textContent("#a")).toBe("drawn");
  const sent = await page.evaluate(() => {
    const here = globalThis as InMemoryPage;
    const now = here.sent.length;
    here.send("msg", "m1", { data: { method: "echo_update", state: { n: 1 }, buffer_paths: [] } });
    return now;
  });
  expect(sent).toBe(1);
  await expect
    .poll(() =>
      page.evaluate(() => (globalThis as InMemoryPage).sent.map(([, m]) => m.content.data)),
    )
    .toMatchObject([{ state: { n: 1 } }, { state: { n: 3 } }]);
  await page.evaluate(() =>
    (globalThis as InMemoryPage).jQuery(document).trigger("shiny:connected"),
  );
  await expect.poll(() => page.locator("#a [role=status]").count()).toBe(1);
  expect(await log(page)).toEqual(["one opened c1", "one closed c1"]);
  expect(errors).toEqual([]);
  await page.close();
});

test("the inspector of a script with an adopted connection lists comms, messages and errors", async () => {
  const { page } = await open({ client: false, after: tag(COPIES[0]) });
  await ready(page);
  await addScript(page);
  await page.waitForFunction(() => "ShinyComm" in globalThis);
  await page.evaluate(async () => {
    const here = globalThis as InMemoryPage & { ShinyComm: { inspect(): Promise<unknown> } };
    here.send("open", "c1", { target_name: "one" });
    await here.ShinyComm.inspect();
    here.send("msg", "c1", { data: { n: 1 } });
    here.send("open", "c2", { target_name: "unregistered" });
    here.handlers.shinywidgets_comm_msg?.("{");
  });
  const report = () =>
    page
      .evaluate<string>("ShinyComm.inspect().then((inspector) => inspector.report())")
      .then((text) => JSON.parse(text));
  await expect
    .poll(async () => (await report()).waiting)
    .toMatchObject([
      {
        comm_id: "c2",
        why: "The open waits for the target unregistered, which no script has registered.",
      },
    ]);
  const { session, total, comms, errors, messages } = await report();
  expect({ session, total }).toEqual({ session: "open", total: { received: 4, sent: 1 } });
  expect(comms).toMatchObject([
    { comm_id: "c1", target: "one", status: "none", sent: { messages: 1 } },
  ]);
  expect(errors).toMatchObject({
    count: 1,
    last: [{ message: expect.stringMatching(/^CommError \[DECODE\]/) }],
  });
  expect(messages).toContainEqual(
    expect.objectContaining({ comm_id: "c1", direction: "out", kind: "comm_msg" }),
  );
  await page.close();
});

test("comms work without a script tag, and a widget reports once that its client is missing", async () => {
  const { page, errors } = await open({ client: false, after: tag(COPIES[0]) });
  await ready(page);
  await page.clock.install();
  await page.reload();
  await ready(page);
  await openAll(page).catch(() => undefined);
  await expect.poll(() => log(page)).toEqual(["one opened c1", "one got 1"]);
  await page.evaluate(() => (globalThis as InMemoryPage).openVersioned("m3", "*"));
  await page.clock.fastForward(60_000);
  await expect.poll(() => errors.length).toBe(1);
  expect(errors[0]).toMatch(/UNKNOWN_TARGET.*jupyter\.widget/);
  await page.close();
});

test.each<[string, PageOptions]>([
  ["before both", { before: "", after: tag(COPIES[0]) + tag(COPIES[1]) }],
  ["after both", { client: false, after: tag(COPIES[0]) + tag(COPIES[1]) }],
])(
  "two packages with the script tag %s share a connection, and each widget gets the requested module version",
  async (_where, options) => {
    const { page, errors, uncaught } = await open(options);
    await ready(page, COPIES[1]);
    if (options.client === false) await addScript(page);
    await page.waitForFunction(() => Symbol.for("shiny-comm") in globalThis);
    await page.evaluate(() => {
      const here = globalThis as InMemoryPage;
      here.send("open", "c1", { target_name: "one" });
      here.send("open", "c2", { target_name: "two" });
      here.openVersioned("m1", "^1.0.0");
      here.openVersioned("m2", ">=1.0.0");
      here.show("m1", "a");
      here.show("m2", "b");
    });
    await expect.poll(() => page.textContent("#a")).toBe("one m1");
    await expect.poll(() => page.textContent("#b")).toBe("two m2");
    const ids = await page.evaluate(
      (names) =>
        names.map((name) => (globalThis as InMemoryPage).copies[name]?.connect().commIds().sort()),
      COPIES as readonly string[],
    );
    expect(ids).toEqual([
      ["c1", "c2", "m1", "m2"],
      ["c1", "c2", "m1", "m2"],
    ]);
    expect((await log(page)).slice(0, 2)).toEqual(["one opened c1", "two opened c2"]);
    expect([errors, uncaught]).toEqual([[], []]);
    await page.close();
  },
);

test("a module that is registered while its model requests it elsewhere is used", async () => {
  const { page, release } = await openDelayed((path) => path.includes("nbextensions"));
  // The CDN has no modules.
  await page.route(/jsdelivr/, (route) => route.fulfill({ status: 404, body: "" }));
  const requested = page.waitForRequest(/nbextensions\/versioned/);
  await page.evaluate(() => {
    const here = globalThis as InMemoryPage;
    here.openVersioned("m1", "^1.0.0");
    here.show("m1", "a");
  });
  await requested;
  await page.addScriptTag({ type: "module", content: PACKAGE(COPIES[0]) });
  await ready(page);
  release();
  await expect.poll(() => page.textContent("#a")).toBe("one m1");
  await page.close();
});

test("outputs report a package of another contract version that owns the page, and the console the reason", async () => {
  const { page, errors, uncaught } = await open({
    before: '<script nonce="page">window[Symbol.for("shiny-comm/0")] = { version: 99 };</script>',
  });
  await page.evaluate(() => (globalThis as InMemoryPage).show("m1", "a"));
  await expect.poll(() => page.textContent("#a")).toMatch(/could not be loaded/);
  expect(errors).toEqual([expect.stringMatching(/contract has version 99 \(expected 1\)/)]);
  expect(uncaught).toEqual([]);
  await page.close();
});

describe("a client that cannot be loaded", () => {
  /** Advances the clock until loading the client has failed. */
  const giveUp = (page: Page, errors: string[]) =>
    expect
      .poll(async () => {
        await page.clock.runFor(1_000);
        return errors.filter((text) => text.includes("The client could not be loaded"));
      })
      .toHaveLength(1);

  async function openWithout(options: PageOptions = {}) {
    const opened = await open({ lacks: (path) => path.includes("/chunks/start"), ...options });
    await opened.page.clock.install();
    // The errors of the first load have arrived before the next document starts.
    opened.page.once("framenavigated", () => {
      opened.errors.length = 0;
    });
    await opened.page.reload();
    await sessionStarted(opened.page);
    return opened;
  }

  const openPackage = (page: Page, id: string, n: number) =>
    page.evaluate(
      ([target, value]) => {
        const here = globalThis as InMemoryPage;
        here.send("open", String(target), { target_name: "one" });
        here.send("msg", String(target), { data: { n: value } });
      },
      [id, n] as const,
    );

  /** Starts a new session, whose server supports opens. */
  const startSession = (page: Page) =>
    page.evaluate(() => {
      const here = globalThis as InMemoryPage;
      here.jQuery(document).trigger("shiny:connected");
      here.jQuery(document).trigger({ type: "shiny:message", message: { config: {} } });
      here.handlers.shiny_comm_server?.({ version: 1, opens: true });
    });

  const openComm = (page: Page) =>
    page.evaluate(
      (name) =>
        (globalThis as InMemoryPage).copies[name]
          ?.connect()
          .openComm("server-target")
          .then(({ target_name }) => target_name),
      COPIES[0],
    );

  /** Expects that comms of a package work in two sessions, and that a widget shows that the client is missing. */
  async function expectComms(page: Page, errors: string[]): Promise<void> {
    await openPackage(page, "c2", 2);
    await expect.poll(() => log(page)).toContain("one got 2");
    await page.evaluate(() => {
      const here = globalThis as InMemoryPage;
      here.openVersioned("m1", "^1.0.0");
      here.show("m1", "a");
    });
    await expect.poll(() => page.textContent("#a")).toMatch(/could not be loaded/);
    await startSession(page);
    await openPackage(page, "c3", 3);
    await expect.poll(() => log(page)).toContain("one got 3");
    expect(await log(page)).toContain("one closed c2");
    expect(await openComm(page)).toBe("server-target");
    const sent = await page.evaluate(() => (globalThis as InMemoryPage).sent);
    expect(sent.map(([input, { content }]) => [input, content.data])).toEqual(
      expect.arrayContaining([
        ["shinywidgets_comm_send", { echo: 2 }],
        ["shinywidgets_comm_send", { echo: 3 }],
        ["shiny_comm_open", {}],
      ]),
    );
    expect(errors.filter((text) => text.includes("CLIENT_LOAD"))).toHaveLength(1);
  }

  test("comms of a package that loaded before a failing client still work", async () => {
    const { page, errors } = await openWithout({ client: false, after: tag(COPIES[0]) });
    await ready(page);
    await addScript(page);
    await openPackage(page, "c1", 1);
    await giveUp(page, errors);
    await expectComms(page, errors);
    expect((await log(page)).slice(0, 2)).toEqual(["one opened c1", "one got 1"]);
    await page.close();
  });

  test("pending messages reach, in order, a package that loaded before the client failed", async () => {
    const { page, errors } = await openWithout({ after: tag(COPIES[0]) });
    await ready(page);
    await startSession(page);
    await openPackage(page, "c1", 1);
    const opening = openComm(page);
    await giveUp(page, errors);
    expect(await opening).toBe("server-target");
    expect(await log(page)).toEqual(["one opened c1", "one got 1"]);
    await expectComms(page, errors);
    await page.close();
  });

  test("pending messages and the server's abilities reach a package that loads after the client failed", async () => {
    const { page, errors } = await openWithout();
    await startSession(page);
    await giveUp(page, errors);
    // An open without a target is dropped, with an error.
    await openPackage(page, "c0", 0);
    await page.clock.runFor(10_000);
    expect(errors.filter((text) => text.includes("UNKNOWN_TARGET"))).toHaveLength(1);
    await openPackage(page, "c1", 1);
    await page.addScriptTag({ type: "module", content: PACKAGE(COPIES[0]) });
    await ready(page);
    await expect.poll(() => log(page)).toEqual(["one opened c1", "one got 1"]);
    expect(await openComm(page)).toBe("server-target");
    await expectComms(page, errors);
    await page.close();
  });

  test("comms of two packages work when the client of a dynamic script tag fails", async () => {
    const { page, errors } = await openWithout({ client: false });
    await page.addScriptTag({ url: "/dist/shiny-comm.js" });
    await openPackage(page, "c1", 1);
    await page.addScriptTag({ type: "module", content: PACKAGE(COPIES[1]) });
    await page.addScriptTag({ type: "module", content: PACKAGE(COPIES[0]) });
    await ready(page);
    await giveUp(page, errors);
    await expectComms(page, errors);
    expect((await log(page)).slice(0, 2)).toEqual(["one opened c1", "one got 1"]);
    await page.close();
  });

  test.each([
    ["throws as it runs", 'throw new Error("broken");'],
    ["throws as it starts", `export function startWidgets() { throw new Error("broken"); }`],
  ])("comms work when the client loads, but %s", async (_how, text) => {
    const chunks = join(import.meta.dirname, "../../dist/chunks");
    const start = (await readdir(chunks)).find((file) => /^start-.*\.js$/.test(file)) ?? "";
    const { page, errors } = await openWithout({
      after: tag(COPIES[0]),
      lacks: () => false,
      files: { [`/dist/chunks/${start}`]: { text } },
    });
    await ready(page);
    await openPackage(page, "c1", 1);
    await giveUp(page, errors);
    await expectComms(page, errors);
    expect((await log(page)).slice(0, 2)).toEqual(["one opened c1", "one got 1"]);
    await page.close();
  });
});

test("a package's error listener handles the errors of the script's client instead of the console", async () => {
  const { page, errors } = await open({ after: tag(COPIES[0]) });
  await ready(page);
  await page.route(/jsdelivr/, (route) => route.fulfill({ status: 404, body: "" }));
  await page.evaluate((name) => {
    const here = globalThis as InMemoryPage;
    here.copies[name]?.onError((report) => {
      report.preventDefault();
      here.log.push((report.error as Error & { code: string }).code);
    });
    here.handlers.shinywidgets_comm_msg?.("{");
    here.openVersioned("m1", "^7.0.0");
    here.show("m1", "a");
  }, COPIES[0]);
  await expect.poll(() => log(page)).toEqual(["DECODE", "WIDGET"]);
  await expect
    .poll(() => page.textContent("#a"))
    .toMatch(/versioned@\^7\.0\.0 \(registered here: 1\.0\.0\)/);
  expect(errors.filter((text) => text.includes("[shiny-comm]"))).toEqual([]);
  await page.close();
});

test("a comm that the browser opens reaches a server with that ability through the script's client", async () => {
  const { page, errors } = await open({ after: tag(COPIES[0]) });
  await ready(page);
  await page.evaluate(async (name) => {
    const here = globalThis as InMemoryPage;
    here.jQuery(document).trigger({ type: "shiny:message", message: { config: {} } });
    here.handlers.shiny_comm_server?.({ version: 1, opens: true });
    const comm = await here.copies[name]?.connect().openComm("server-target", { data: { a: 1 } });
    comm?.on_msg(({ content }) => here.log.push(`got ${content.data.n}`));
    here.send("msg", comm?.comm_id ?? "", { data: { n: 1 } });
    comm?.send({ n: 2 });
    // Frames wait in Shiny's queue for their turn.
    await here.shiny.idle();
    comm?.close();
  }, COPIES[0]);
  await expect
    .poll(() => page.evaluate(() => (globalThis as InMemoryPage).sent.map(([input]) => input)))
    .toEqual(["shiny_comm_open", "shinywidgets_comm_send", "shiny_comm_close"]);
  expect(await log(page)).toEqual(["got 1"]);
  expect(errors).toEqual([]);
  await page.close();
});
