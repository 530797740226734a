/**
 * Accessibility: each page of the gallery is drawn and passes axe, in light and in dark; the keyboard reaches
 * the controls. docs/accessibility.md lists the known problems. `AXE_CLIENT=stock` prints the problems of
 * shinywidgets' client.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import {
  expectNoFaults,
  expectText,
  openGallery,
  openUrl,
  useBrowser,
  usePage,
  type WatchedPage,
} from "./page.js";

const root = join(import.meta.dirname, "../..");
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
const useStock = process.env.AXE_CLIENT === "stock";

/** The pages of the gallery, each with an element that its widgets draw. */
const PAGES: Record<string, string> = {
  controls: "#jsdlink .noUi-handle",
  containers: "#output_all .noUi-handle",
  plotly: "#plotly_figure .main-svg",
  altair: "#altair_chart :is(canvas, svg)",
  ipyleaflet: "#ipyleaflet_map .leaflet-marker-icon",
  bokeh: "#bokeh_figure .bk-Figure",
  pydeck: "#pydeck_map canvas",
  quak: "#quak_table tbody td",
  bqplot: "#bqplot_figure svg",
  anywidget: ".binary-widget .down-trait",
  rerender: "#rerender_box .noUi-handle",
};

/** A row of the list: a known problem of upstream's widgets. */
interface Known {
  rule: string;
  /** A selector that the element matches. */
  element: string;
}

interface Finding {
  rule: string;
  element: string;
  message: string;
}

/** The rows of the table in docs/accessibility.md. */
function known(): Known[] {
  const text = readFileSync(join(root, "docs/accessibility.md"), "utf8");
  return Array.from(text.matchAll(/^\| `([\w-]+)` \| `([^`]+)` \|/gm), ([, rule, element]) => ({
    rule: rule ?? "",
    element: element ?? "",
  }));
}

/** Runs axe in the outputs of a page. @returns what is not known, and which rows were found */
async function look(page: Page, rows: Known[]): Promise<{ unknown: Finding[]; found: number[] }> {
  await page.evaluate(axeSource);
  return page.evaluate(
    async ([rows]) => {
      const { axe } = globalThis as unknown as {
        axe: { run(context: object, options: RunOptions): Promise<AxeResults> };
      };
      const { violations } = await axe.run(
        { include: [[".shiny-ipywidget-output"]] },
        { resultTypes: ["violations"], elementRef: true },
      );
      const unknown: Finding[] = [];
      const found = new Set<number>();
      for (const { id, nodes } of violations) {
        for (const { element, html, any, all, none } of nodes) {
          const matching = rows.flatMap(({ rule, element: selector }, row) =>
            rule === id && element?.matches(selector) ? [row] : [],
          );
          for (const row of matching) found.add(row);
          if (matching.length > 0) continue;
          const message = [...any, ...all, ...none].map((check) => check.message).join("; ");
          unknown.push({ rule: id, element: html.slice(0, 200), message });
        }
      }
      return { unknown, found: [...found] };
    },
    [rows] as const,
  );
}

useBrowser();

describe("axe", () => {
  const rows = known();
  const found = new Set<number>();
  let stock: ShinyServer | undefined;

  beforeAll(async () => {
    if (!useStock) return;
    stock = await startShiny({
      python: await ensurePython({
        requirements: join(root, "examples/01-gallery/requirements.lock.txt"),
      }),
      app: join(root, "examples/01-gallery/app.py"),
      env: { GALLERY_TILES: "0", GALLERY_CLIENT: "stock" },
    });
  });
  afterAll(() => stock?.stop());

  const gallery = (): string => stock?.url ?? inject("galleryUrl");

  test.each(Object.keys(PAGES))(
    "the page %s is drawn, and axe finds only listed problems",
    async (name) => {
      const watched = await openUrl(`${gallery()}/?page=${name}`);
      const { page } = watched;
      const drawn = page.locator(PAGES[name] ?? "").first();
      const ready = drawn.waitFor({ state: "attached", timeout: stock ? 15_000 : 60_000 });
      // The stock client does not draw each of them.
      await (stock ? ready.catch(() => undefined) : ready);
      await page.waitForFunction(
        () =>
          !document.documentElement.classList.contains("shiny-busy") &&
          !document.querySelector(".shiny-comm-loading"),
      );
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      // axe would measure a colour in the middle of its transition.
      await page.addStyleTag({ content: "* { transition: none !important; }" });
      for (const theme of ["light", "dark"]) {
        await page.evaluate((theme) => {
          document.documentElement.dataset.bsTheme = theme;
        }, theme);
        const looked = await look(page, rows);
        for (const row of looked.found) found.add(row);
        if (stock) console.log(JSON.stringify({ name, theme, ...looked }, null, 1));
        else expect(looked.unknown, theme).toEqual([]);
      }
      if (stock) return page.close();
      await expect.poll(async () => (await drawn.boundingBox())?.height ?? 0).toBeGreaterThan(10);
      await expectNoFaults(watched);
    },
  );

  test("axe still finds each listed problem", () => {
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((_, row) => !found.has(row))).toEqual(useStock ? expect.anything() : []);
  });
});

/** An element that has had the focus. */
interface Stop {
  output: string | undefined;
  /** It looked otherwise than without the focus. */
  seen: boolean;
  element: string;
}

interface Walk {
  look(element: Element): string;
  last: { element: Element; look: string } | undefined;
}

/** Presses Tab until the focus has gone through the page. @returns where it has been in outputs */
async function tabThrough(page: Page): Promise<Stop[]> {
  await page.evaluate(() => {
    const walk = globalThis as unknown as Walk;
    // An element may show the focus on a part of it, or around it.
    walk.look = (element) =>
      [element, element.parentElement, element.firstElementChild]
        .map((part) => {
          if (!part) return "";
          const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(part);
          return [outline, boxShadow, borderColor, backgroundColor].join();
        })
        .join();
    walk.last = undefined;
  });
  const stops: Stop[] = [];
  for (let presses = 0; presses < 500; presses += 1) {
    await page.keyboard.press("Tab");
    const { stop, end } = await page.evaluate(() => {
      const walk = globalThis as unknown as Walk;
      const { activeElement, body } = document;
      // The fields within a date are one element.
      if (activeElement === walk.last?.element) return { stop: undefined, end: false };
      const { last } = walk;
      const output = last?.element.closest(".shiny-ipywidget-output")?.id;
      const stop = last && {
        output,
        seen: last.look !== walk.look(last.element),
        element: last.element.outerHTML.slice(0, 150),
      };
      const end = !activeElement || activeElement === body;
      walk.last = end ? undefined : { element: activeElement, look: walk.look(activeElement) };
      return { stop, end };
    });
    if (stop?.output) stops.push(stop);
    if (end) break;
  }
  return stops;
}

describe("the keyboard", () => {
  const controls = usePage(() => openGallery("controls"));

  test("Tab visits the controls in their order, and each control shows the focus", async () => {
    const page = controls();
    await page.locator("#jsdlink .noUi-handle").first().waitFor();
    await page.waitForFunction(() => !document.querySelector(".shiny-comm-loading"));
    await page.addStyleTag({ content: "* { transition: none !important; }" });
    const stops = await tabThrough(page);
    const standing = await page
      .locator(".gallery-controls .shiny-ipywidget-output")
      .evaluateAll((outputs) => outputs.map(({ id }) => id));
    const visited = stops.map(({ output }) => output);
    expect([...new Set(visited)]).toEqual(standing.filter((id) => visited.includes(id)));
    for (const id of ["int_slider", "dropdown", "text", "button", "tags_input", "date_picker"]) {
      expect(visited).toContain(id);
    }
    expect(stops.filter(({ seen }) => !seen)).toEqual([]);
  });

  test("keys move a slider by steps, by pages, and to its ends", async () => {
    const page = controls();
    const handle = page.locator("#int_slider .noUi-handle");
    await expectText(page, "#int_slider .widget-readout", "5");
    for (const [key, value] of [
      ["ArrowUp", "6"],
      ["ArrowLeft", "5"],
      ["End", "10"],
      ["ArrowDown", "9"],
      ["Home", "0"],
      ["ArrowRight", "1"],
    ] as const) {
      await handle.press(key);
      await expectText(page, "#int_slider .widget-readout", value);
      await expectText(page, "#int_slider_value", value);
      // The server sends each new value back.
      expect(await handle.evaluate((el) => el === document.activeElement)).toBe(true);
    }
  });

  test("the focus stays when Python sets a value", async () => {
    const page = controls();
    const set = (name: string) =>
      page.locator(`#${name}_set`).evaluate((button: HTMLElement) => button.click());
    const field = page.locator("#text input");
    await field.focus();
    await set("text");
    await expect.poll(() => field.inputValue()).toBe("from Python");
    expect(await field.evaluate((el) => el === document.activeElement)).toBe(true);
    const handle = page.locator("#int_slider .noUi-handle");
    await handle.focus();
    await set("int_slider");
    await expectText(page, "#int_slider .widget-readout", "8");
    expect(await handle.evaluate((el) => el === document.activeElement)).toBe(true);
  });

  describe("the focus over a re-render", () => {
    const render = (page: Page) =>
      page.locator("#rerender").evaluate((button: HTMLElement) => button.click());
    const open = async (): Promise<WatchedPage> => {
      const watched = await openGallery("rerender");
      await watched.page.locator("#rerender_box .noUi-handle").waitFor();
      return watched;
    };

    test("stays in its field, at its place in the text", async () => {
      const watched = await open();
      const { page } = watched;
      const field = page.locator("#rerender_box input[type=text]");
      for (const round of [1, 2]) {
        await field.evaluate((el: HTMLInputElement) => {
          el.focus();
          el.setSelectionRange(2, 4);
        });
        await render(page);
        await expectText(page, "#rerender_box .widget-label", `Render ${round}`);
        await expect
          .poll(() =>
            field.evaluate((el: HTMLInputElement) => [
              el === document.activeElement,
              el.selectionStart,
              el.selectionEnd,
            ]),
          )
          .toEqual([true, 2, 4]);
      }
      await page.locator("#rerender_box .noUi-handle").focus();
      await render(page);
      await expectText(page, "#rerender_box .widget-label", "Render 3");
      // The focus returns after the label is drawn.
      const focused = page.locator("#rerender_box .noUi-handle:focus");
      await focused.waitFor();
      await page.keyboard.press("ArrowRight");
      await expectText(page, "#rerender_value", /^\(4, /);
      await expectNoFaults(watched);
    });

    test("stays with an element that has received it meanwhile", async () => {
      const watched = await open();
      const { page } = watched;
      await page.locator("#rerender_box input[type=text]").focus();
      await render(page);
      await page.locator("#rerender").focus();
      await expectText(page, "#rerender_box .widget-label", "Render 1");
      await page.locator("#rerender_box input[type=text]").waitFor();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("rerender");
      await expectNoFaults(watched);
    });
  });
});
