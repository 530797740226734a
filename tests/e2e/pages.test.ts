/** Every page of the gallery: it draws, it talks to Python both ways, and nothing goes wrong in it. */
import { describe, expect, test } from "vitest";
import { expectNoFaults, expectText, openGallery, useBrowser } from "./page.js";

useBrowser();

describe("containers", () => {
  test("show their children, and switch between them in the browser", async () => {
    const watched = await openGallery("containers");
    const { page } = watched;
    await page.locator("#tab .lm-TabBar-tab").nth(1).click();
    await page.locator("#tab textarea").waitFor();
    expect(await page.locator("#tab .lm-TabBar-tabLabel").allTextContents()).toEqual([
      "One",
      "Two",
      "Three",
    ]);
    await page.locator("#accordion").getByText("Text").click();
    await page.locator("#accordion input[type=text]").waitFor({ state: "visible" });
    await page.locator("#stack select").selectOption("slider");
    await page.locator("#stack .noUi-handle").waitFor({ state: "visible" });
    for (const name of ["h_box", "v_box", "two_by_two_layout"]) {
      expect(await page.locator(`#${name} button`).count(), name).toBe(3);
    }
    expect(await page.locator("#app_layout button").count()).toBe(5);
    expect(await page.locator("#gridspec_layout button").count()).toBe(5);
    await expectNoFaults(watched);
  });

  test("interactive sends its sliders to Python and shows the result", async () => {
    const watched = await openGallery("containers");
    const { page } = watched;
    await page.locator("#interactive .noUi-handle").first().press("ArrowRight");
    await expectText(page, "#interactive_value", /'base': 8/);
    await expectText(
      page,
      "#interactive .jupyter-widget-output, #interactive .widget-output",
      /64/,
    );
    await expectNoFaults(watched);
  });

  test("the Output widget shows every kind of output, nested widgets included", async () => {
    const watched = await openGallery("containers");
    const { page } = watched;
    const out = page.locator("#output_all");
    await out.locator(".noUi-handle").waitFor();
    await out.locator(".katex").first().waitFor();
    expect(await out.locator("b").textContent()).toBe("bold");
    expect(await out.locator("img").count()).toBe(1);
    expect(await out.textContent()).toContain("ZeroDivisionError: division by zero");
    await page.click("#output_append_go");
    await expect.poll(() => page.locator("#output_append b").count()).toBe(1);
    await page.click("#output_append_go");
    await expect.poll(() => page.locator("#output_append b").count()).toBe(2);
    await page.click("#output_append_clear");
    await expect.poll(() => page.locator("#output_append b").count()).toBe(0);
    await expectNoFaults(watched);
  });

  test("sound comes down as bytes", async () => {
    const watched = await openGallery("containers");
    const audio = watched.page.locator("#audio audio");
    await audio.waitFor();
    await expect
      .poll(() => audio.evaluate((element: HTMLAudioElement) => element.duration))
      .toBeCloseTo(0.5, 1);
    await expectNoFaults(watched);
  });
});

describe("anywidget", () => {
  test("bytes go both ways unchanged, whatever the offset of the view they are in", async () => {
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
    expect((await digests("#anywidget_down"))[0]).toBe((await digests(".down-trait"))[0]);

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
  test("fifty times leaves one live view, and the latest", async () => {
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
  });
});

describe("plotly", () => {
  test("is first seen at its final size, and follows Python and the user", async () => {
    const watched = await openGallery("plotly");
    const { page } = watched;
    const plot = page.locator("#plotly_figure .js-plotly-plot");
    await plot.locator(".main-svg").first().waitFor({ state: "visible", timeout: 30_000 });
    const box = await plot.locator(".main-svg").first().boundingBox();
    const place = await page.locator("#plotly_figure").boundingBox();
    expect(Math.abs((box?.height ?? 0) - (place?.height ?? 0))).toBeLessThan(3);
    expect(Math.abs((box?.width ?? 0) - (place?.width ?? 0))).toBeLessThan(3);

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
    await expectNoFaults(watched);
  });
});

describe("the other packages", () => {
  const PAGES: [name: string, drawn: string][] = [
    ["altair", "#altair_chart canvas, #altair_chart svg"],
    ["ipyleaflet", "#ipyleaflet_map .leaflet-marker-icon"],
    ["bokeh", "#bokeh_figure .bk-Figure"],
    ["pydeck", "#pydeck_map canvas"],
    ["quak", "#quak_table *"],
    ["bqplot", "#bqplot_figure svg.svg-figure, #bqplot_figure .bqplot svg"],
  ];
  test.each(PAGES)("%s is drawn, at a size that can be seen", async (name, drawn) => {
    const watched = await openGallery(name);
    const widget = watched.page.locator(drawn).first();
    await widget.waitFor({ state: "attached", timeout: 30_000 });
    await expect
      .poll(async () => (await watched.page.locator(drawn).first().boundingBox())?.height ?? 0)
      .toBeGreaterThan(20);
    await expectNoFaults(watched);
  });

  test.each([
    ["altair", "#altair_chart", "visible"],
    ["plotly", "#plotly_figure", "hidden"],
  ])(
    "the output of %s (%s) has its overflow %s: charts of a fixed size show whole",
    async (name, output, overflow) => {
      const watched = await openGallery(name);
      const place = watched.page.locator(output);
      await place.locator("> :not(.shiny-comm-loading)").first().waitFor();
      await expect
        .poll(() => place.evaluate((el) => getComputedStyle(el).overflow), { timeout: 30_000 })
        .toBe(overflow);
      await expectNoFaults(watched);
    },
  );

  test("the page's globals are as they were after AMD modules were loaded", async () => {
    const watched = await openGallery("bqplot");
    const { page } = watched;
    await page.locator("#bqplot_figure svg").first().waitFor({ timeout: 30_000 });
    const globals = await page.evaluate(() => {
      const { define, requirejs, $, jQuery, _ } = window as unknown as Record<string, unknown> & {
        define: { amd: unknown; noConflict: unknown };
      };
      return [define.amd, typeof define.noConflict, typeof requirejs, $ === jQuery, typeof _];
    });
    expect(globals).toEqual([false, "function", "function", true, "undefined"]);
    await expectNoFaults(watched);
  });

  test("bqplot takes new data from Python", async () => {
    const watched = await openGallery("bqplot");
    const { page } = watched;
    const line = page.locator("#bqplot_figure path.line").first();
    await line.waitFor({ timeout: 30_000, state: "attached" });
    const before = await line.getAttribute("d");
    await page.click("#bqplot_change");
    await expect.poll(() => line.getAttribute("d")).not.toBe(before);
    await expectNoFaults(watched);
  });
});
