/** Sessions that end and start again under an open page: cut, killed, closed, asleep, restored from the history. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { BROWSER_ARGS, findBrowser } from "../../scripts/browser.mjs";
import { ensurePython, startShiny } from "../../scripts/python.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";
import { TcpProxy } from "./proxy.js";
import {
  alive,
  beginReconnect,
  command,
  counts,
  expectDisconnected,
  expectSliderWorks,
  faultsOf,
  heldByShiny,
  NOT_CONNECTED,
  newSession,
  type Recorded,
  readRecord,
  reconnect,
  sessionId,
} from "./session.js";

type Server = Awaited<ReturnType<typeof startShiny>>;

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "shiny-comm-reconnect-"));
const recordFile = join(folder, "record.jsonl");
const MB = 1 << 20;

/** The lines that the servers have written. */
const serverLog: string[] = [];

let server: Server;
let proxy: TcpProxy;

useBrowser();

beforeAll(async () => {
  server = await startServer({});
  proxy = await TcpProxy.start(portOf(server));
});

afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  proxy.refusing = false;
  proxy.release();
  rmSync(recordFile, { force: true });
});

// A page that gets nothing more may have a server behind it that waits for another page.
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  server.process.kill("SIGUSR1");
  await vi
    .waitUntil(() => serverLog.at(-1)?.includes("(end of tasks)"), { timeout: 5_000 })
    .catch(() => serverLog.push("The server's loop does not answer."));
  console.error(serverLog.slice(-200).join("\n"));
});

async function startServer(options: { port?: number; run?: string[] }): Promise<Server> {
  return startShiny({
    python: await ensurePython({
      requirements: join(root, "examples/01-gallery/requirements.lock.txt"),
    }),
    app: join(import.meta.dirname, "apps/reconnect.py"),
    ...options,
    env: { RECONNECT_RECORD: recordFile },
    log: (line) => {
      if (!line.startsWith("INFO:")) serverLog.push(line);
    },
  });
}

function portOf({ url }: Server): number {
  return Number(new URL(url).port);
}

async function open(name: string, url = proxy.url): Promise<WatchedPage> {
  const watched = await openUrl(`${url}/?case=${name}`);
  await watched.page.locator("#slider .noUi-handle").waitFor();
  // The counts are complete only after the last output is drawn.
  if (name === "controls") await watched.page.locator("#box .widget-button").waitFor();
  return watched;
}

async function cut(page: Page): Promise<void> {
  proxy.cut();
  await expectDisconnected(page);
}

function recorded(session: string, event: Recorded["event"]): Recorded[] {
  return readRecord(recordFile).filter((line) => line.session === session && line.event === event);
}

async function waitForRecord(session: string, event: Recorded["event"], count = 1): Promise<void> {
  await expect.poll(() => recorded(session, event).length).toBeGreaterThanOrEqual(count);
}

/** Expects that no session received a message for a comm that it has not opened. */
function expectOwnComms(): void {
  const foreign = readRecord(recordFile).filter(
    ({ event, known }) => event === "received" && known !== true,
  );
  expect(foreign).toEqual([]);
}

async function expectQuietEnd(watched: WatchedPage): Promise<void> {
  expectOwnComms();
  watched.faults.splice(0, watched.faults.length, ...faultsOf(watched));
  await expectNoFaults(watched);
}

test("widgets stay after their session, report one error when they are moved, and send nothing to the next session, five times", async () => {
  const watched = await open("controls");
  const { page } = watched;
  await expectSliderWorks(page);
  await page.locator("#box .widget-button").waitFor();
  const before = await counts(page);
  let aliveBefore = 0;
  for (let time = 1; time <= 5; time += 1) {
    await cut(page);
    expect(await counts(page)).toEqual(before);
    const handle = page.locator("#slider .noUi-handle");
    for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await handle.press(key);
    await page.locator("#box button").dispatchEvent("click");
    expect(faultsOf(watched)).toHaveLength(1);
    expect(faultsOf(watched)[0]).toMatch(NOT_CONNECTED);
    expect(await heldByShiny(page)).toBe(0);
    watched.faults.length = 0;

    const session = await reconnect(page);
    await expectSliderWorks(page);
    await page.locator("#box .widget-button").waitFor();
    await expect.poll(() => counts(page)).toEqual(before);
    const values = recorded(session, "received").map(({ value }) => value);
    expect(values).toEqual([3]);
    expect(faultsOf(watched)).toEqual([]);
    // The first new session makes what then stays: a listener here and there, a prototype.
    if (time === 1) aliveBefore = await alive(page);
  }
  await expect.poll(() => alive(page)).toBe(aliveBefore);
  await expectQuietEnd(watched);
});

test("actions while a new session connects do not reach it", async () => {
  const watched = await open("controls");
  const { page } = watched;
  const before = await sessionId(page);
  await cut(page);
  proxy.stall();
  await beginReconnect(page);
  const handle = page.locator("#slider .noUi-handle");
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await handle.press(key);
  await page.locator("#box button").dispatchEvent("click");
  const held = await heldByShiny(page);
  proxy.release();
  const session = await newSession(page, before);
  await expectSliderWorks(page);
  expect(recorded(session, "received").map(({ value }) => value)).toEqual([3]);
  expect(held).toBe(0);
  expect(faultsOf(watched)).toEqual([expect.stringMatching(NOT_CONNECTED)]);
  watched.faults.length = 0;
  await expectQuietEnd(watched);
});

test("messages of an old session that Shiny handles in the new session are dropped", async () => {
  const watched = await open("controls");
  const { page } = watched;
  await page.locator("#box .widget-button").waitFor();
  const before = await counts(page);
  const session = await sessionId(page);
  await page.evaluate(() => {
    const { Shiny } = globalThis as unknown as {
      Shiny: { addCustomMessageHandler(name: string, handler: (value: unknown) => unknown): void };
    };
    // Shiny's queue goes no further until this handler has ended.
    const held = new Promise((resolve) => Object.assign(globalThis, { letGo: resolve }));
    Shiny.addCustomMessageHandler("hold", (_value) => held);
  });
  await command(page, "hold");
  // Shiny's runtime itself gets into disorder if outputs of the old session come late; models can.
  await command(page, "make");
  await waitForRecord(session, "made");
  await page.waitForFunction(() => {
    const { Shiny } = globalThis as unknown as {
      Shiny: { shinyapp: { taskQueue: { $promises: unknown[] } } };
    };
    return Shiny.shinyapp.taskQueue.$promises.length >= 3;
  });
  await cut(page);
  await reconnect(page);
  await expectSliderWorks(page);
  await page.locator("#box .widget-button").waitFor();
  await page.evaluate(() => (globalThis as unknown as { letGo(): void }).letGo());
  await expect.poll(() => counts(page)).toEqual(before);
  await expectQuietEnd(watched);
});

test("Shiny's button and Shiny's timer reconnect", async () => {
  const watched = await open("controls");
  const { page } = watched;
  const before = await sessionId(page);
  await command(page, "allow");
  await page.waitForFunction(() => {
    const { Shiny } = globalThis as unknown as {
      Shiny: { shinyapp: { $allowReconnect: unknown } };
    };
    return Shiny.shinyapp.$allowReconnect === "force";
  });
  proxy.refusing = true;
  proxy.cut();
  await page.locator("#shiny-reconnect-now").waitFor();
  // An attempt that fails is followed by the next, with nothing said by this client.
  await page.locator("#shiny-reconnect-now").click();
  await page.locator("#shiny-reconnect-now").waitFor();
  proxy.refusing = false;
  await newSession(page, before);
  await expectSliderWorks(page);
  await expectQuietEnd(watched);
});

test("a server that restarts under an open page serves the page again", async () => {
  const watched = await open("controls");
  const { page } = watched;
  await expectSliderWorks(page);
  const before = await counts(page);
  const port = portOf(server);
  server.process.kill("SIGKILL");
  await expectDisconnected(page);
  expect(await counts(page)).toEqual(before);
  // No server listens yet.
  await beginReconnect(page);
  await expectDisconnected(page);
  expect(await counts(page)).toEqual(before);
  await server.stop();
  server = await startServer({ port });
  await reconnect(page);
  await expectSliderWorks(page);
  await expect.poll(() => counts(page)).toEqual(before);
  await expectQuietEnd(watched);
});

test("a socket that is cut within a large message, in either direction, leaves no error", async () => {
  const watched = await open("data");
  const { page } = watched;
  const size = page.locator("#data b");
  await expectText(page, "#data b", "size 0");
  const before = await counts(page);

  const down = proxy.cutAfter(2 * MB, "down");
  await command(page, "fill");
  await down;
  await expectDisconnected(page);
  expect(await size.textContent()).toBe("size 0");
  await reconnect(page);
  await expectText(page, "#data b", "size 0");

  const up = proxy.cutAfter(2 * MB, "up");
  await page.locator("#data button").click();
  await up;
  await expectDisconnected(page);
  const session = await reconnect(page);
  await expectText(page, "#data b", "size 0");
  expect(recorded(session, "received")).toEqual([]);

  // Whole, both arrive.
  await page.locator("#data button").click();
  await waitForRecord(session, "received");
  await expectText(page, "#data b", `size ${8 * MB}`);
  await command(page, "fill");
  await expectText(page, "#data b", `size ${8 * MB + 1}`);
  await expect.poll(() => counts(page)).toEqual(before);
  await expectQuietEnd(watched);
});

/** Keeps each text that the counter shows from now on. */
async function watchCounter(page: Page): Promise<() => Promise<number[]>> {
  await page.locator("#counter .widget-label").waitFor();
  await page.evaluate(() => {
    const label = document.querySelector("#counter .widget-label") as HTMLElement;
    const seen: number[] = [];
    Object.assign(globalThis, { seen });
    const note = () => seen.push(Number(label.textContent?.replace("count ", "")));
    new MutationObserver(note).observe(label, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return () => page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
}

const LAST = 200;

test.each(["the page is frozen", "the network is stalled"])(
  "messages from the server while %s arrive afterwards, in order",
  async (how) => {
    const watched = await open("counter");
    const { page } = watched;
    const seen = await watchCounter(page);
    const session = await sessionId(page);
    const devtools = await page.context().newCDPSession(page);
    const sleep = async (asleep: boolean): Promise<void> => {
      if (how === "the page is frozen") {
        const state = asleep ? "frozen" : "active";
        await devtools.send("Page.setWebLifecycleState", { state });
      } else if (asleep) proxy.stall();
      else proxy.release();
    };
    await command(page, "count");
    await waitForRecord(session, "count", 10);
    await sleep(true);
    await waitForRecord(session, "count", LAST);
    await sleep(false);
    await expectText(page, "#counter .widget-label", `count ${LAST}`);
    const order = await seen();
    expect(order).toEqual([...order].sort((a, b) => a - b));
    await page.locator("#slider .noUi-handle").press("ArrowRight");
    await expectText(page, "#slider_value", "value 3");
    expect(await sessionId(page)).toBe(session);
    await expectQuietEnd(watched);
  },
);

test("a new session follows one that the server ended while the network was asleep", async () => {
  // The page must answer pings in time after the stall, on a busy machine too.
  const serve = join(import.meta.dirname, "apps/serve.py");
  const impatient = await startServer({ run: [serve, "--ping-timeout", "10"] });
  const own = await TcpProxy.start(portOf(impatient));
  try {
    const watched = await open("counter", own.url);
    const { page } = watched;
    const session = await sessionId(page);
    await command(page, "count");
    await waitForRecord(session, "count", 10);
    own.stall();
    await waitForRecord(session, "ended");
    // Asleep, the page takes itself for connected.
    await page.locator("#slider .noUi-handle").press("ArrowRight");
    own.release();
    await expectDisconnected(page);
    const next = await reconnect(page);
    await expectSliderWorks(page);
    expect(recorded(next, "received").map(({ value }) => value)).toEqual([3]);
    await expectQuietEnd(watched);
  } finally {
    await own.stop();
    await impatient.stop();
  }
});

test("a new session follows one that the app closes", async () => {
  const watched = await open("controls");
  const { page } = watched;
  const session = await sessionId(page);
  const before = await counts(page);
  await command(page, "close");
  await expectDisconnected(page);
  await waitForRecord(session, "ended");
  expect(await counts(page)).toEqual(before);
  await page.locator("#slider .noUi-handle").press("ArrowRight");
  expect(faultsOf(watched)).toEqual([expect.stringMatching(NOT_CONNECTED)]);
  watched.faults.length = 0;
  await reconnect(page);
  await expectSliderWorks(page);
  await expect.poll(() => counts(page)).toEqual(before);
  await expectQuietEnd(watched);
});

test.each(["with a session", "without a session"])(
  "a page that is left %s works after a return through the history",
  async (how) => {
    // By default Playwright keeps the browser from keeping pages.
    const browser = await chromium.launch({
      executablePath: findBrowser(),
      args: BROWSER_ARGS,
      ignoreDefaultArgs: ["--disable-back-forward-cache"],
    });
    try {
      const context = await browser.newContext();
      const watched = await openUrl(`${proxy.url}/?case=controls`, { own: context });
      const { page } = watched;
      await page.evaluate(() => {
        addEventListener("pageshow", ({ persisted }) => Object.assign(globalThis, { persisted }));
      });
      await expectSliderWorks(page);
      const before = await counts(page);
      if (how === "without a session") await cut(page);
      await page.goto(`${proxy.url}/?case=elsewhere`);
      await go(page, -1);
      await page.locator("#slider .noUi-handle").waitFor();
      await go(page, 1);
      await page.locator("#slider").waitFor({ state: "detached" });
      await go(page, -1);
      await page.locator("#slider .noUi-handle").waitFor();
      const kept = await page.evaluate(() => (globalThis as { persisted?: boolean }).persisted);
      if (how === "without a session") expect(kept).toBe(true);
      if ((await page.locator("#shiny-disconnected-overlay").count()) > 0) await reconnect(page);
      await expectSliderWorks(page);
      await expect.poll(() => counts(page)).toEqual(before);
      // Shiny reports the sizes of outputs on the restored page, which may not know yet that the browser has
      // closed its socket.
      const silent = watched.faults.filter(
        (fault) => !fault.includes("in CLOSING or CLOSED state"),
      );
      watched.faults.splice(0, watched.faults.length, ...silent);
      await expectQuietEnd(watched);
    } finally {
      await browser.close();
    }
  },
);

/** Goes through the page's history; Playwright's own way waits for a load, which a kept page has not. */
async function go(page: Page, by: number): Promise<void> {
  const before = page.url();
  // The page may be gone before it can answer.
  await page.evaluate((steps) => history.go(steps), by).catch(() => undefined);
  await expect.poll(() => page.url()).not.toBe(before);
}

interface SlowGlobals {
  loading: Record<string, () => void>;
  rendered: string[];
}

test("a module that arrives after its session makes no widget", async () => {
  const watched = await open("slow");
  const { page } = watched;
  const isLoading = (session: string) =>
    page.waitForFunction(
      (id) => id in ((globalThis as unknown as Partial<SlowGlobals>).loading ?? {}),
      session,
    );
  const load = (session: string) =>
    page.evaluate((id) => (globalThis as unknown as SlowGlobals).loading[id]?.(), session);

  const before = await sessionId(page);
  await isLoading(before);
  await cut(page);
  const session = await reconnect(page);
  await isLoading(session);
  await load(before);
  await load(session);
  await expectText(page, "#slow .slow", session);
  expect(await page.locator("#slow > *").count()).toBe(1);
  expect(await page.evaluate(() => (globalThis as unknown as SlowGlobals).rendered)).toEqual([
    `initialize ${session}`,
    `render ${session}`,
  ]);
  await expectSliderWorks(page);
  await expectQuietEnd(watched);
});

test.each([
  ["the client's own code", /\/start-[^/]*\.js$/],
  ["the code of the controls", /\/controls-[^/]*\.js$/],
])("a session that ends while %s is loading leaves nothing to the next", async (_name, chunk) => {
  const watched = await openUrl(`${proxy.url}/?case=elsewhere`);
  const { page } = watched;
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let asked = 0;
  await page.route(chunk, async (route) => {
    asked += 1;
    await held;
    await route.continue();
  });
  await page.goto(`${proxy.url}/?case=controls`);
  await page.waitForFunction(() => document.querySelector("#slider > .shiny-comm-loading"));
  await expect.poll(() => asked).toBeGreaterThan(0);
  await cut(page);
  const session = await reconnect(page);
  await waitForRecord(session, "start");
  go();
  await expectSliderWorks(page);
  await page.locator("#box .widget-button").waitFor();
  expect(await page.locator("#box > *").count()).toBe(1);
  const all = await counts(page);
  await page.reload();
  await expectSliderWorks(page);
  await page.locator("#box .widget-button").waitFor();
  expect(all).toEqual(await counts(page));
  await expectQuietEnd(watched);
});
