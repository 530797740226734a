/** Widgets in full-screen cards, sidebars, accordions and hidden panels of Shiny, and on paper. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { expectNoFaults, openUrl, useBrowser, usePage, type WatchedPage } from "./page.js";
import { contrastOf, dotsOf, printed, type Word } from "./paper.js";

useBrowser();

const open = (name: string): Promise<WatchedPage> =>
  openUrl(`${inject("placesUrl")}/?case=${name}`);

/** The element that each widget draws; its size follows the size of the output. */
const DRAWN = {
  plotly: "#plotly .main-svg",
  altair: "#altair canvas, #altair svg.marks",
  sliders: "#sliders .noUi-target",
};
type Name = keyof typeof DRAWN;
const NAMES = Object.keys(DRAWN) as Name[];

interface Sizes {
  /** The output's size, in px. */
  place: { width: number; height: number };
  drawn: { width: number; height: number };
}

async function sizes(page: Page, name: Name): Promise<Sizes | undefined> {
  const [place, drawn] = await Promise.all([
    page.locator(`#${name}`).boundingBox(),
    page.locator(DRAWN[name]).first().boundingBox(),
  ]);
  return place && drawn ? { place, drawn } : undefined;
}

/** Whether a drawing fills its output. Vega keeps room for its menu, a slider for its label and value. */
const FILLS: Record<Name, (sizes: Sizes) => boolean> = {
  plotly: ({ place, drawn }) =>
    Math.abs(place.width - drawn.width) < 2 && Math.abs(place.height - drawn.height) < 2,
  altair: ({ place, drawn }) =>
    drawn.width <= place.width &&
    drawn.width > place.width - 50 &&
    Math.abs(place.height - drawn.height) < 2,
  sliders: ({ place, drawn }) => drawn.width < place.width && drawn.width > place.width - 200,
};

/** Waits until a widget fills a place of about this width, in px. */
async function expectFilled(page: Page, name: Name, width: [min: number, max: number]) {
  await expect
    .poll(async () => {
      const now = await sizes(page, name);
      if (!now) return "not there";
      const { place } = now;
      if (place.width < width[0] || place.width > width[1]) return `a place of ${place.width} px`;
      return FILLS[name](now) ? "filled" : `not filled: ${JSON.stringify(now)}`;
    })
    .toBe("filled");
}

describe("the room of a widget", () => {
  test("a widget follows its card into full screen and back", async () => {
    const watched = await open("cards");
    const { page } = watched;
    for (const name of NAMES) await expectFilled(page, name, [300, 400]);
    for (const name of NAMES) {
      const card = page.locator(`#card_${name}`);
      await card.hover();
      await card.locator(".bslib-full-screen-enter").click();
      await expectFilled(page, name, [1000, 1200]);
      const height = async () => (await sizes(page, name))?.place.height;
      await expect.poll(height).toBeGreaterThan(600);
      await page.keyboard.press("Escape");
      await expectFilled(page, name, [300, 400]);
      await expect.poll(height).toBeLessThan(320);
    }
    await expectNoFaults(watched);
  });

  test("a widget follows a sidebar that closes and opens", async () => {
    const watched = await open("places");
    const { page } = watched;
    await expectFilled(page, "plotly", [800, 900]);
    await page.locator(".collapse-toggle").click();
    await expectFilled(page, "plotly", [1000, 1200]);
    await page.locator(".collapse-toggle").click();
    await expectFilled(page, "plotly", [800, 900]);
    await expectNoFaults(watched);
  });

  test("a widget appears each time that its accordion or hidden panel opens", async () => {
    const watched = await open("places");
    const { page } = watched;
    expect(await page.locator("#altair > *, #sliders > *").count()).toBe(0);
    for (const _ of [1, 2]) {
      await page.locator(".accordion-button").click();
      await expectFilled(page, "altair", [1000, 1200]);
      // While it still opens, a click does nothing.
      await page.locator(".accordion-collapse.show").waitFor();
      await page.locator(".accordion-button").click();
      await page.locator(".accordion-collapse.collapse:not(.show)").waitFor({ state: "attached" });
    }
    await page.click("#go");
    await expectFilled(page, "sliders", [1000, 1200]);
    await expectNoFaults(watched);
  });
});

describe("a long column of sliders", () => {
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    watched = await open("column");
    ({ page } = watched);
    await page.locator("#column .noUi-handle").last().waitFor({ state: "attached" });
    await page.waitForFunction(() => document.querySelector(".shiny-comm-waiting"));
  });
  afterAll(() => page.close());

  const readout = (place: "first" | "last") =>
    page.locator("#column > * > .widget-vbox > .widget-hslider > .widget-readout")[place]();

  test.each(["ltr", "rtl"])(
    "sliders take the same room before and after they are visible: %s",
    async (dir) => {
      const rooms = await page.evaluate((dir) => {
        document.documentElement.dir = dir;
        const WAITING = "shiny-comm-waiting";
        const elements = document.querySelectorAll("#column .widget-box, #column .widget-slider");
        const rooms = () =>
          Array.from(elements, (el) => {
            const { x, y, width, height } = el.getBoundingClientRect();
            return [x, y, width, height, el.scrollWidth, el.scrollHeight].join();
          });
        const before = rooms();
        const waiting = [...document.getElementsByClassName(WAITING)];
        for (const el of waiting) el.classList.remove(WAITING);
        const after = rooms();
        for (const el of waiting) el.classList.add(WAITING);
        document.documentElement.dir = "";
        return { before, after, waiting: waiting.length };
      }, dir);
      expect(rooms.waiting).toBeGreaterThan(50);
      expect(rooms.before).toEqual(rooms.after);
    },
  );

  test("the whole column is on paper", async () => {
    const { words } = await printed(page, { background: false });
    const numbers = words.flatMap(({ text }, at) =>
      text === "No." ? Number(words[at + 1]?.text) : [],
    );
    expect(numbers).toEqual(Array.from({ length: 120 }, (_, n) => n));
    expect(words.filter(({ text }) => text === "0")).not.toHaveLength(0);
    expect(await page.locator(".shiny-comm-waiting").count()).toBeGreaterThan(50);
  });

  test("the column grows with a slider that is out of view", async () => {
    const height = () => page.locator("#column").evaluate((el) => el.scrollHeight);
    const before = await height();
    await page.click("#raise_");
    await expect.poll(height).toBe(before + 40);
  });

  test("a long readout has a shade when it comes into view", async () => {
    const OVERFLOW = /(^| )overflow( |$)/;
    await expect.poll(() => readout("first").getAttribute("class")).toMatch(OVERFLOW);
    expect(await readout("last").getAttribute("class")).not.toMatch(OVERFLOW);
    await readout("last").scrollIntoViewIfNeeded();
    await expect.poll(() => readout("last").getAttribute("class")).toMatch(OVERFLOW);
    expect(await page.locator(".shiny-comm-waiting").count()).toBeGreaterThan(0);
  });

  test("a search finds text in sliders that are out of view", async () => {
    // Not standardised, and not in TypeScript's lib.
    const isFound = (text: string) =>
      page.evaluate((text) => (globalThis as unknown as Finder).find(text), text);
    const waiting = page.locator(".shiny-comm-waiting", { hasText: "No. 61" });
    await expect.poll(() => waiting.count()).toBe(1);
    expect(await isFound("No. 61")).toBe(true);
    expect(await isFound("No. 120")).toBe(false);
    await expect.poll(() => waiting.count()).toBe(0);
    await expectNoFaults(watched);
  });
});

interface Finder {
  find(text: string): boolean;
}

/** The last points of the charts, at their right ends. */
const MARKS = { plotly: [255, 0, 255], altair: [0, 192, 0] } as const;

describe.each(["light", "dark"] as const)("a printed %s page", (colorScheme) => {
  const page = usePage(() =>
    openUrl(`${inject("placesUrl")}/?case=print`, {
      prepare: (page) => page.emulateMedia({ colorScheme }),
    }),
  );

  test.each([false, true])(
    "a printed page has whole and readable widgets (backgrounds printed: %s)",
    async (background) => {
      await expectFilled(page(), "plotly", [500, 600]);
      await expectFilled(page(), "altair", [500, 600]);
      await page().locator("#long .widget-label").last().waitFor();
      const before = await page().locator("#plotly").getAttribute("style");
      const paper = await printed(page(), { background });

      const said = (text: string): Word[] => paper.words.filter((word) => word.text === text);
      const rows = said("row");
      expect(rows).toHaveLength(60);
      const words = ["Slider", "Text", "typed", "Dropdown", "one", "left", "right", "bold"];
      for (const word of [...words.flatMap(said), ...rows.slice(0, 1)]) {
        expect(contrastOf(paper, word), word.text).toBeGreaterThan(4.5);
      }
      expect(words.filter((word) => said(word).length === 0)).toEqual([]);
      for (const [name, colour] of Object.entries(MARKS)) {
        const marks = paper.sheets.reduce((sum, sheet) => sum + dotsOf(sheet, colour), 0);
        expect(marks, name).toBeGreaterThan(20);
      }
      // Printing has not changed the page.
      expect(await page().locator("#plotly").getAttribute("style")).toBe(before);
      expect(await page().locator("#controls").getAttribute("data-bs-theme")).toBeNull();
    },
  );
});
