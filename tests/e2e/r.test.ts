/** The R package: the example app and another app in a real browser. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ShinyServer } from "../../scripts/python.mjs";
import { startRShiny } from "../../scripts/r.mjs";
import { HANDLERS } from "../../src/comm/messages.js";
import { listenToServer, talk } from "./opens.js";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";

const root = join(import.meta.dirname, "../..");

let server: ShinyServer;

useBrowser();

beforeAll(async () => {
  server = await startRShiny({ app: join(root, "examples/06-r") });
}, 600_000);

afterAll(() => server?.stop());

async function open(binary = true): Promise<WatchedPage & { frames: Buffer[] }> {
  const frames: Buffer[] = [];
  const prepare = async (page: Page): Promise<void> => {
    if (!binary) await page.addInitScript(withoutBinaryType);
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        if (typeof payload !== "string") frames.push(payload);
      });
    });
  };
  return { ...(await openUrl(server.url, { prepare })), frames };
}

/** In the page: Shiny's socket has no `binaryType`, as that of Shiny Server, Connect and shinyapps.io. */
function withoutBinaryType(): void {
  document.addEventListener("DOMContentLoaded", () => {
    const { Shiny } = window as unknown as { Shiny: { createSocket?: () => unknown } };
    Shiny.createSocket = () => {
      const socket = new WebSocket(`ws://${location.host}/websocket/`);
      const plain = {
        get readyState() {
          return socket.readyState;
        },
        send: (data: string) => socket.send(data),
        close: () => socket.close(),
        onopen: (_: Event) => {},
        onmessage: (_: MessageEvent) => {},
        onclose: (_: CloseEvent) => {},
        onerror: (_: Event) => {},
      };
      socket.onopen = (event) => plain.onopen(event);
      socket.onmessage = (event) => plain.onmessage(event);
      socket.onclose = (event) => plain.onclose(event);
      socket.onerror = (event) => plain.onerror(event);
      return plain;
    };
  });
}

describe("the example app", () => {
  test("controls change R, and R changes controls", async () => {
    const watched = await open();
    const { page } = watched;
    await expectText(page, "#values", "60 TRUE");
    await page.locator("#controls .noUi-handle").press("ArrowRight");
    await expectText(page, "#values", "61 TRUE");
    await expectText(page, "#controls .widget-label:not(.jupyter-button) >> text=/%/", "61 %");
    await page.locator("#controls input[type=checkbox]").click();
    await expectText(page, "#values", "61 FALSE");
    await page.click("#reset");
    await expectText(page, "#values", "10 FALSE");
    await expectText(page, "#controls .widget-readout", "10");
    await page.locator("#controls input[type=text]").fill("Größe 📏");
    await expectText(page, "#controls button", "Click, Größe 📏");
    await page.locator("#controls button").click();
    await expectText(page, "#controls .widget-label >> text=/clicks/", "1 clicks");
    await expectNoFaults(watched);
  });

  test("an anywidget and R count together", async () => {
    const watched = await open();
    const { page } = watched;
    await expectText(page, ".counter", "count is 3");
    await page.click(".counter");
    await expectText(page, "#count", "4");
    await page.click("#add");
    await expectText(page, ".counter", "count is 14");
    await expectText(page, "#count", "14");
    await expectNoFaults(watched);
  });

  test("bytes arrive in binary frames, and return unchanged", async () => {
    const watched = await open();
    const { page, frames } = watched;
    const picture = page.locator(".picture");
    await expect.poll(() => picture.getAttribute("data-sum")).toMatch(/^\d+$/);
    // All opens of the page are one batch, with the picture's bytes.
    expect(frames).toHaveLength(1);
    expect(frames[0]?.[1 + HANDLERS.comm_open.length]).toBe(3);
    const sum = Number(await picture.getAttribute("data-sum"));
    await page.click("#reset");
    // Ten of sixty percent.
    await expect
      .poll(async () => Math.round((60 * Number(await picture.getAttribute("data-sum"))) / sum))
      .toBe(10);
    expect(frames).toHaveLength(2);
    await picture.click();
    await expectText(page, "#sent_back", "5307 bytes, reversed and whole");
    await expectNoFaults(watched);
  });

  test("the app works on a socket without binaryType, with its bytes as base64", async () => {
    const watched = await open(false);
    const { page, frames } = watched;
    await expectText(page, "#values", "60 TRUE");
    await page.locator("#controls .noUi-handle").press("ArrowRight");
    await expectText(page, "#values", "61 TRUE");
    await page.click("#add");
    await expectText(page, ".counter", "count is 13");
    const picture = page.locator(".picture");
    await expect.poll(() => picture.getAttribute("data-sum")).toMatch(/^\d+$/);
    await picture.click();
    await expectText(page, "#sent_back", "5307 bytes, reversed and whole");
    expect(frames).toEqual([]);
    await expectNoFaults(watched);
  });

  test("two pages have separate models", async () => {
    const [one, other] = [await open(), await open()];
    await one.page.click(".counter");
    await expectText(one.page, "#count", "4");
    await other.page.click("#add");
    await expectText(other.page, ".counter", "count is 13");
    await expectText(one.page, ".counter", "count is 4");
    await expectNoFaults(one);
    await expectNoFaults(other);
  });
});

describe("in an app", () => {
  let app: ShinyServer;
  beforeAll(async () => {
    app = await startRShiny({ app: join(root, "tests/e2e/apps/r") });
  });
  afterAll(() => app?.stop());

  test("a long module is fetched once for all renders, compressed and cached permanently", async () => {
    const texts: string[] = [];
    const watched = await openUrl(app.url, {
      prepare: (page) => {
        page.on("websocket", (socket) => {
          socket.on("framereceived", ({ payload }) => texts.push(String(payload)));
        });
      },
    });
    const { page, requests } = watched;
    await expectText(page, ".long", "größer 0");
    for (const round of [1, 2]) {
      await page.click("#go");
      await expectText(page, ".long", `größer ${round}`);
    }
    const modules = requests.filter((url) => url.includes("/shiny-comm-modules/"));
    expect(modules).toHaveLength(1);
    expect(texts.filter((text) => text.includes("export default"))).toEqual([]);
    const response = await fetch(modules[0] ?? "");
    const text = Buffer.from(await response.arrayBuffer());
    expect(modules[0]).toContain(createHash("sha256").update(text).digest("hex"));
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(response.headers.get("content-type")).toMatch(/javascript/);
    await expectNoFaults(watched);
  });

  test("widgets work in a Shiny module and in a dynamic UI, also after a new render", async () => {
    const watched = await openUrl(app.url);
    const { page } = watched;
    const handle = page.locator("#inner-slider .noUi-handle");
    for (const round of [0, 1]) {
      await page.locator(`.round-${round}`).waitFor();
      await handle.press("ArrowRight");
      await expectText(page, "#inner-value", `${6 + round}`);
      expect(await handle.count()).toBe(1);
      await page.click("#go");
    }
    await expectNoFaults(watched);
  });

  test("a bookmark has the app's inputs, and no message of a comm", async () => {
    const watched = await openUrl(app.url);
    const { page } = watched;
    await page.locator("#inner-slider .noUi-handle").press("ArrowRight");
    await expectText(page, "#inner-value", "6");
    await page.click("#bookmark");
    await expectText(page, "#url", /_inputs_/);
    const query = new URL((await page.locator("#url").textContent()) ?? "").search;
    expect([...new URLSearchParams(query).keys()]).toEqual(["_inputs_", "name"]);
    await expectNoFaults(watched);
  });

  test("a comm that the page opens echoes and ends, after the server has announced opens", async () => {
    let said: unknown[] = [];
    const watched = await openUrl(app.url, {
      prepare: (page) => {
        said = listenToServer(page);
      },
    });
    const { page } = watched;
    await expect.poll(() => said[1]).toBe("idle");
    expect(said[0]).toEqual({ version: 1, opens: true, language: "R" });
    const sends = [[{ n: 1 }], [{ n: 2 }, 1, 2, 3]] as const;
    const { came, comm_id } = await talk(page, { target_name: "echo", sends, until: 2 });
    expect(came).toEqual([
      ["msg", { echo: { n: 1 } }],
      ["msg", { echo: { n: 2 } }, [1, 2, 3]],
    ]);
    await expectText(page, "#url", `closed ${comm_id}`);
    expect((await talk(page, { target_name: "unregistered", until: 1 })).came).toEqual([
      ["close", {}],
    ]);
    expect((await talk(page, { target_name: "inner", until: 1 })).came).toEqual([
      ["msg", { namespace: "inner-x" }],
    ]);
    await expectNoFaults(watched);
  });
});
