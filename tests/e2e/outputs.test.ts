/** Output widgets without a kernel: what Python prints, displays or raises in them appears in their page alone. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureCompanion } from "../../scripts/companion.mjs";
import { type ShinyServer, startShiny } from "../../scripts/python.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";

let server: ShinyServer;

useBrowser();

beforeAll(async () => {
  const { python } = await ensureCompanion({ log: (line) => console.log(line) });
  server = await startShiny({ python, app: join(import.meta.dirname, "apps/outputs.py") });
}, 600_000);

afterAll(() => server?.stop());

/** Opens the page, and counts the updates of outputs that arrive. */
async function open(): Promise<WatchedPage & { updates: () => number }> {
  let updates = 0;
  const watched = await openUrl(server.url, {
    prepare: (page) =>
      page.on("websocket", (socket) =>
        socket.on("framereceived", ({ payload }) => {
          updates += payload.toString("latin1").split(/\boutputs\b/).length - 1;
        }),
      ),
  });
  await expectText(watched.page, "#module-inner .jp-OutputArea", "in a module");
  return { ...watched, updates: () => updates };
}

/** The text of the Output widget in an output. */
const textIn = async (page: Page, id: string): Promise<string> =>
  (await page.locator(`#${id} .jp-OutputArea`).first().innerText()).trim();

const expectIn = (page: Page, id: string, text: string | RegExp) =>
  expect.poll(() => textIn(page, id)).toEqual(expect.stringMatching(text));

describe("an Output widget", () => {
  test("an Output shows streams, displays, figures and errors, and later changes", async () => {
    const watched = await open();
    const { page } = watched;
    await expectIn(page, "streams", /^to the output\nsecond line$/);
    await page.locator("#displayed .noUi-handle").waitFor();
    await page.locator("#displayed b.bold").waitFor();
    await expectText(page, "#displayed em", "slanted");
    const areas = () =>
      page.locator("#figure .jp-OutputArea-output").evaluateAll((outputs) =>
        outputs.map((output) => {
          const width = output.querySelector("img")?.naturalWidth;
          return width === undefined ? output.textContent : width > 100;
        }),
      );
    await expect.poll(areas).toEqual(["before\n", true, "after\n"]);
    await expectIn(page, "error", /^Traceback.+error\n.+ValueError: a bad value$/s);
    await expectIn(page, "append", /^appended text\n+and an error$/);
    expect(await page.locator("#append [data-mime-type$=stderr]").innerText()).toBe(
      "and an error\n",
    );
    await expectIn(page, "capture", /^captured first$/);
    await expectIn(page, "clear", /^old text$/);
    await expectIn(page, "update", /^'before'$/);

    const before = watched.updates();
    await page.click("#go");
    await expectIn(page, "capture", /^captured second$/);
    await expectIn(page, "clear", /^new text$/);
    await expectIn(page, "update", /^'after'$/);
    await expectIn(page, "many", /^line 0\nline 1\n.+\nline 9999$/s);
    await expectIn(page, "task", /-19 done$/);
    await expectIn(page, "threaded", /-49$/);
    // Four outputs change once. A thread and a task print 70 times, for about 0.5 s. Each update
    // has several prints, on a busy machine too.
    expect(watched.updates() - before).toBeLessThan(4 + 50);
    await expectNoFaults(watched);
  });

  test("interactive, interact and interactive_output show the result of each value", async () => {
    const watched = await open();
    const { page } = watched;
    await expectIn(page, "interactive", /^5 squared is 25$/);
    await page.locator("#interactive .noUi-handle").press("ArrowRight");
    await expectIn(page, "interactive", /^6 squared is 36$/);
    await expectIn(page, "controlled", /^3 squared is 9$/);
    await page.locator("#controlled .noUi-handle").press("ArrowLeft");
    await expectIn(page, "controlled", /^2 squared is 4$/);
    await page.locator("#interacted .noUi-handle").press("ArrowRight");
    await expectIn(page, "interacted", /: x is 6$/);
    const image = page.locator("#plot img");
    const first = await image.getAttribute("src");
    await page.locator("#plot .noUi-handle").press("ArrowRight");
    await expect.poll(() => image.getAttribute("src")).not.toBe(first);
    await expect.poll(() => image.count()).toBe(1);
    await expectNoFaults(watched);
  });

  test("two sessions that print in threads and tasks get only their own text", async () => {
    const both = await Promise.all([open(), open()]);
    await Promise.all(both.map(({ page }) => page.click("#go")));
    const texts = await Promise.all(
      both.map(async ({ page }) => {
        await expectIn(page, "threaded", /-49$/);
        await expectIn(page, "task", /-19 done$/);
        return `${await textIn(page, "threaded")} ${await textIn(page, "task")}`;
      }),
    );
    const names = texts.map((text) => new Set(text.match(/[0-9a-f]{8}(?=-)/g)));
    expect(names.map(({ size }) => size)).toEqual([1, 1]);
    expect(names[0]).not.toEqual(names[1]);
    expect(texts.map((text) => text.match(/-\d+/g)?.length)).toEqual([70, 70]);
    for (const watched of both) await expectNoFaults(watched);
  });
});
