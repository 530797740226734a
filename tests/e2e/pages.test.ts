/** Pages of the gallery: widgets are drawn and follow Python and the user. accessibility.test.ts opens the other pages. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectNoFaults, expectText, openGallery, useBrowser, usePage } from "./page.js";

useBrowser();

describe("containers", () => {
  const page = usePage(() => openGallery("containers"));

  test("containers show their children, and a choice shows another child", async () => {
    await page().locator("#tab .lm-TabBar-tab").nth(1).click();
    await page().locator("#tab textarea").waitFor();
    expect(await page().locator("#tab .lm-TabBar-tabLabel").allTextContents()).toEqual([
      "One",
      "Two",
      "Three",
    ]);
    await page().locator("#accordion").getByText("Text").click();
    await page().locator("#accordion input[type=text]").waitFor({ state: "visible" });
    await page().locator("#stack select").selectOption("slider");
    await page().locator("#stack .noUi-handle").waitFor({ state: "visible" });
    const buttons = { h_box: 3, v_box: 3, two_by_two_layout: 3, app_layout: 5, gridspec_layout: 5 };
    for (const [name, count] of Object.entries(buttons)) {
      await expect
        .poll(() => page().locator(`#${name} button`).count(), { message: name })
        .toBe(count);
    }
  });

  test("interactive sends the values of its sliders to Python and shows the result", async () => {
    await page().locator("#interactive .noUi-handle").first().press("ArrowRight");
    await expectText(page(), "#interactive_value", /'base': 8/);
    await expectText(
      page(),
      "#interactive .jupyter-widget-output, #interactive .widget-output",
      /64/,
    );
  });

  test("the Output widget shows every kind of output, also nested widgets", async () => {
    const out = page().locator("#output_all");
    await out.locator(".noUi-handle").waitFor();
    await out.locator(".katex").first().waitFor();
    expect(await out.locator("b").textContent()).toBe("bold");
    await expect.poll(() => out.locator("img").count()).toBe(1);
    await expect.poll(() => out.textContent()).toContain("ZeroDivisionError: division by zero");
    await page().click("#output_append_go");
    await expect.poll(() => page().locator("#output_append b").count()).toBe(1);
    await page().click("#output_append_go");
    await expect.poll(() => page().locator("#output_append b").count()).toBe(2);
    await page().click("#output_append_clear");
    await expect.poll(() => page().locator("#output_append b").count()).toBe(0);
  });

  test("an Audio widget plays the bytes that Python sends", async () => {
    const audio = page().locator("#audio audio");
    await audio.waitFor();
    await expect
      .poll(() => audio.evaluate((element: HTMLAudioElement) => element.duration))
      .toBeCloseTo(0.5, 1);
  });
});

describe("anywidget", () => {
  test("bytes travel unchanged in both directions, at any offset of their view", async () => {
    const watched = await openGallery("anywidget");
    const { page } = watched;
    await page.locator(".binary-widget .down-trait").waitFor();
    const digests = async (selector: string) =>
      (await page.locator(selector).textContent())?.match(/\d+ [0-9a-f]{64}/g) ?? [];
    const same = async (browser: string, python: string) => {
      await expect
        .poll(async () => {
          const [here, there] = [await digests(browser), await digests(python)];
          return here.length > 0 && there.join().endsWith(here.join());
        })
        .toBe(true);
    };

    await page.click("#anywidget_trait_set");
    await expect.poll(() => page.locator(".down-trait").textContent()).toMatch(/^2000 /);
    await same(".down-trait", "#anywidget_down");

    await page.click("#anywidget_send");
    await expect.poll(() => page.locator(".down-message").textContent()).toMatch(/^300 .*, 7 /);
    await same(".down-message", "#anywidget_down");

    // The first 100 bytes counted up; 1, 2, 3 as doubles; the first 50; taken with sha256sum.
    const counted = async (length: number) => {
      const bytes = Uint8Array.from({ length }, (_, index) => index);
      return `${length} ${Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex")}`;
    };
    const doubles = Buffer.from(
      await crypto.subtle.digest("SHA-256", new Float64Array([1, 2, 3])),
    ).toString("hex");
    await page.locator("button.up-message").click();
    await expectText(
      page,
      "#anywidget_message",
      new RegExp(`${await counted(100)}, 24 ${doubles}`),
    );
    await page.locator("button.up-trait").click();
    await expectText(page, "#anywidget_up", new RegExp(await counted(50)));
    await page.locator("button.up-command").click();
    await expectText(page, "#anywidget_command", new RegExp(await counted(10)));
    await expect
      .poll(() => page.locator(".binary-widget").textContent())
      .toContain("[9,8,7,6,5,4,3,2,1,0]");
    await expectText(page, "#anywidget_initialized", "initialized: 1");
    await expectNoFaults(watched);
  });
});

describe("re-rendering", () => {
  test("fifty renders leave one live view, the latest", async () => {
    const watched = await openGallery("rerender");
    const { page } = watched;
    await page.locator("#rerender_box .noUi-handle").waitFor();
    for (let render = 1; render <= 50; render += 1) {
      await page.click("#rerender");
      await expectText(page, "#rerender_count", `renders: ${render}`);
    }
    await expectText(page, "#rerender_box .widget-label", "Render 50");
    await expect.poll(() => page.locator("#rerender_box .noUi-handle").count()).toBe(1);
    await expect.poll(() => page.locator("#rerender_box > *").count()).toBe(1);
    await page.locator("#rerender_box input[type=text]").fill("still live");
    await expectText(page, "#rerender_value", /still live/);
    await expectNoFaults(watched);
  }, 360_000);
});

describe("plotly", () => {
  test("a figure first appears at its final size, and follows Python and the user", async () => {
    const watched = await openGallery("plotly");
    const { page } = watched;
    const plot = page.locator("#plotly_figure .js-plotly-plot");
    await plot.locator(".main-svg").first().waitFor({ state: "visible" });
    // Both at the same moment.
    const differences = await page.evaluate(() => {
      const [drawn, place] = ["#plotly_figure .main-svg", "#plotly_figure"].map((selector) =>
        document.querySelector(selector)?.getBoundingClientRect(),
      );
      if (!drawn || !place) return [];
      return [drawn.height - place.height, drawn.width - place.width].map(Math.abs);
    });
    expect(differences).toHaveLength(2);
    expect(Math.max(...differences)).toBeLessThan(3);

    const line = () => plot.locator(".js-line").first().getAttribute("d");
    const before = await line();
    await page.locator(".irs-handle").first().focus();
    await page.evaluate(() => {
      const { Shiny } = window as unknown as {
        Shiny: { setInputValue(name: string, value: unknown): void };
      };
      Shiny.setInputValue("plotly_frequency", 3);
    });
    await expect.poll(line).not.toBe(before);

    const point = plot.locator(".points path").nth(3);
    const at = await point.boundingBox();
    await page.mouse.move((at?.x ?? 0) + 4, (at?.y ?? 0) + 4);
    await page.mouse.click((at?.x ?? 0) + 4, (at?.y ?? 0) + 4);
    await expectText(page, "#plotly_click", /'point': \[3\]/);
    expect(await overflowOf(page, "#plotly_figure")).toBe("hidden");
    await expectNoFaults(watched);
  });
});

/** The overflow of the element that a selector matches. */
const overflowOf = (page: Page, selector: string) =>
  page.locator(selector).evaluate((el) => getComputedStyle(el).overflow);

test("an output of altair shows a chart of a fixed size as a whole", async () => {
  const watched = await openGallery("altair");
  const { page } = watched;
  await page.locator("#altair_chart > :not(.shiny-comm-loading)").first().waitFor();
  await expect.poll(() => overflowOf(page, "#altair_chart")).toBe("visible");
  await expectNoFaults(watched);
});

describe("bqplot", () => {
  const page = usePage(async () => {
    const watched = await openGallery("bqplot");
    await watched.page.locator("#bqplot_figure svg").first().waitFor();
    return watched;
  });

  test("AMD modules leave the globals of the page unchanged", async () => {
    const globals = await page().evaluate(() => {
      const { define, requirejs, $, jQuery, _ } = window as unknown as Record<string, unknown> & {
        define: { amd: unknown; noConflict: unknown };
      };
      return [define.amd, typeof define.noConflict, typeof requirejs, $ === jQuery, typeof _];
    });
    expect(globals).toEqual([false, "function", "function", true, "undefined"]);
  });

  test("a figure of bqplot draws new data from Python", async () => {
    const line = page().locator("#bqplot_figure path.line").first();
    await line.waitFor({ state: "attached" });
    const before = await line.getAttribute("d");
    await page().click("#bqplot_change");
    await expect.poll(() => line.getAttribute("d")).not.toBe(before);
  });
});
