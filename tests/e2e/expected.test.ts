/** Widgets in modules, dynamic UI, moved outputs and Express apps, and with Shiny's busy indicators. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";
import { counts } from "./session.js";

const root = join(import.meta.dirname, "../..");

let express: ShinyServer;

useBrowser();

beforeAll(async () => {
  const python = await ensurePython({
    requirements: join(root, "examples/01-gallery/requirements.lock.txt"),
  });
  express = await startShiny({
    python,
    app: join(import.meta.dirname, "apps/expected_express.py"),
  });
});

afterAll(() => express?.stop());

const open = (name: string): Promise<WatchedPage> =>
  openUrl(`${inject("expectedUrl")}/?case=${name}`);

interface Globals {
  Shiny: {
    bindAll(scope: Element): Promise<void>;
    unbindAll(scope: Element): void;
    setInputValue(name: string, value: unknown, options?: { priority: "event" }): void;
  };
  jQuery(target: Element): { detach(): void };
}

describe("modules and dynamic UI", () => {
  test("a module in the dynamic UI of another module keeps its widget, and the value in Python, over each new UI", async () => {
    const watched = await open("modules");
    const { page } = watched;
    const handle = page.locator("#branch-leaf-slider .noUi-handle");
    await handle.waitFor();
    const first = await counts(page);
    for (const round of [1, 2, 3]) {
      await page.click("#branch-again");
      await expectText(page, "#branch-dynamic p", `Round ${round}`);
      await handle.press("ArrowRight");
      await expectText(page, "#branch-leaf-read", `value ${7 + round}, max 50`);
    }
    await expect.poll(() => counts(page)).toEqual(first);
    await expectNoFaults(watched);
  });

  test("modules of insert_ui work independently, and remove_ui leaves no view behind", async () => {
    const watched = await open("inserted");
    const { page } = watched;
    for (const n of [1, 2, 3]) {
      await page.click("#go");
      await page.locator(`#leaf${n}-slider .noUi-handle`).waitFor();
    }
    await page.locator("#leaf2-slider .noUi-handle").press("ArrowRight");
    await expectText(page, "#leaf2-read", "value 3, max 50");
    await expectText(page, "#leaf1-read", "value 1, max 50");
    for (const left of [2, 1, 0]) {
      await page.click("#remove");
      await expect.poll(() => page.locator(".leaf").count()).toBe(left);
    }
    await expect.poll(async () => (await counts(page)).views).toBe(0);
    await page.click("#go");
    await page.locator("#leaf4-slider .noUi-handle").press("ArrowRight");
    await expectText(page, "#leaf4-read", "value 5, max 50");
    await expectNoFaults(watched);
  });

  test("an output that changed while it was off the page returns without an error about the old widget", async () => {
    const watched = await open("hidden");
    const { page } = watched;
    await expectText(page, "#slider .widget-label", "Render 0");
    await page.locator("#show").uncheck();
    await expectText(page, "#maybe", "hidden");
    await page.click("#go");
    // The server closes the widget, and makes no other until the output is there again.
    await expect.poll(async () => (await counts(page)).models).toBe(0);
    await page.clock.install();
    await page.locator("#show").check();
    await expectText(page, "#slider .widget-label", "Render 1");
    // A model that is waited for is missed after ten seconds.
    await page.clock.fastForward(15_000);
    await expectNoFaults(watched);
  });
});

/** Ways in which scripts take an output from its place to another. */
const MOVES: Record<string, (page: Page) => Promise<void>> = {
  "in one step": (page) =>
    page.evaluate(() => {
      const [moving, to] = ["#moving", "#to"].map((at) => document.querySelector(at));
      if (moving && to) to.append(moving);
    }),
  "unbound before, bound after": (page) =>
    page.evaluate(async () => {
      const { Shiny } = globalThis as unknown as Globals;
      const [moving, to] = ["#moving", "#to"].map((at) => document.querySelector(at));
      if (!moving || !to) return;
      Shiny.unbindAll(moving);
      to.append(moving);
      await Shiny.bindAll(to);
    }),
  "off the page for a while": (page) =>
    page.evaluate(async () => {
      const { jQuery } = globalThis as unknown as Globals;
      const [moving, to] = ["#moving", "#to"].map((at) => document.querySelector(at));
      if (!moving || !to) return;
      jQuery(moving).detach();
      await new Promise((resolve) => setTimeout(resolve, 50));
      to.append(moving);
    }),
  "unbound and off the page for a while": (page) =>
    page.evaluate(async () => {
      const { Shiny, jQuery } = globalThis as unknown as Globals;
      const [moving, to] = ["#moving", "#to"].map((at) => document.querySelector(at));
      if (!moving || !to) return;
      Shiny.unbindAll(moving);
      jQuery(moving).detach();
      await new Promise((resolve) => setTimeout(resolve, 50));
      to.append(moving);
      await Shiny.bindAll(to);
    }),
};

describe("an output that is moved", () => {
  test.each(Object.keys(MOVES))("a moved output has one live view (%s)", async (how) => {
    const watched = await open("moved");
    const { page } = watched;
    const handle = page.locator("#slider .noUi-handle");
    await handle.waitFor();
    const before = await counts(page);
    await MOVES[how]?.(page);
    await page.locator("#to #slider .noUi-handle").press("ArrowRight");
    await expectText(page, "#slider_value", "value 1");
    await expect.poll(() => counts(page)).toEqual(before);
    // The next render finds its place as well.
    await page.click("#go");
    await expectText(page, "#to #slider .widget-label", "Render 1");
    await expect.poll(() => counts(page)).toEqual(before);
    await expectNoFaults(watched);
  });
});

/** Shiny's indicators, and the visible part of the slow output behind its spinner. */
interface Indicators {
  /** At the top of the page. */
  pulse: boolean;
  slowRecalculates: boolean;
  spinner: boolean;
  content: string;
  height: number;
  /** The number of outputs that the server is computing. */
  recalculating: number;
}

interface Watched {
  indicators(): Indicators;
}

/** Opens the page, and waits until it is idle. */
async function openIdle(): Promise<WatchedPage> {
  const watched = await open("busy");
  const { page } = watched;
  await page.evaluate(() => {
    const shown = (el: Element): boolean => {
      const { content, display, visibility } = getComputedStyle(el, "::after");
      return content !== "none" && display !== "none" && visibility === "visible";
    };
    const slow = document.querySelector("#slow") as Element;
    (globalThis as unknown as Watched).indicators = () => ({
      pulse: shown(document.documentElement),
      slowRecalculates: slow.classList.contains("recalculating"),
      spinner: shown(slow),
      content: slow.firstElementChild ? getComputedStyle(slow.firstElementChild).visibility : "",
      height: slow.getBoundingClientRect().height,
      recalculating: document.querySelectorAll(".recalculating").length,
    });
  });
  await expectText(page, "#slow .widget-label", "computed for 0");
  await expectIdle(page);
  return watched;
}

async function expectIdle(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => (globalThis as unknown as Watched).indicators()))
    .toMatchObject({ pulse: false, spinner: false, content: "visible", recalculating: 0 });
}

/**
 * Waits until the indicators have once been as expected. Call before the act that makes the server busy, which it is
 * only for a moment.
 */
const seen = (page: Page, is: (now: Indicators, height: number) => boolean, height = 0) =>
  page.waitForFunction(`(${is})(indicators(), ${height})`);

describe("busy indicators", () => {
  test("the indicators show that a widget's value makes an output recalculate, and then disappear", async () => {
    const watched = await openIdle();
    const { page } = watched;
    const height = await page.evaluate(
      () => (globalThis as unknown as Watched).indicators().height,
    );
    // The old widget is hidden behind the spinner, and its place keeps its height.
    const busy = seen(
      page,
      (now, height) => {
        const hidden = now.content === "hidden" && now.height === height;
        return now.slowRecalculates && now.spinner && hidden;
      },
      height,
    );
    await page.locator("#driver .noUi-handle").press("ArrowRight");
    await busy;
    await expectText(page, "#slow .widget-label", "computed for 1");
    await expectIdle(page);
    await expectNoFaults(watched);
  });

  test("the page pulses while the server handles a widget's message that changes no output", async () => {
    const watched = await openIdle();
    const { page } = watched;
    const pulsed = seen(page, (now) => now.pulse && now.recalculating === 0);
    await page.locator("#beside .noUi-handle").press("ArrowRight");
    await pulsed;
    await expectText(page, "#beside .widget-label", "received 1");
    await expectIdle(page);
    await expectNoFaults(watched);
  });
});

test("an Express app shows widgets in each place, and reads their values", async () => {
  const watched = await openUrl(express.url);
  const { page } = watched;
  await page.locator(".sidebar #slider .noUi-handle").press("ArrowRight");
  await expectText(page, "#value", "value 3");
  const inner = page.locator("#inner input");
  await expect.poll(() => inner.inputValue()).toBe("made in round 0");
  await page.click("#go");
  await expect.poll(() => inner.inputValue()).toBe("made in round 1");
  expect(await page.locator("#inner input").count()).toBe(1);
  await expectNoFaults(watched);
});
