/** The gallery's smoke tests, for any engine: each page is drawn, and talks to Python both ways. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import {
  attribute,
  box,
  click,
  count,
  type Engine,
  type EnginePage,
  eventually,
  fill,
  hasWebGl,
  middle,
  painted,
  press,
  setInput,
  shown,
  text,
  texts,
  value,
} from "./engine.js";

/** deck.gl requests it from another host for every map: a part of its map tiles. */
const MAPBOX_CSS = "https://api.tiles.mapbox.com/mapbox-gl-js/v1.2.1/mapbox-gl.css";

export function testGallery(start: () => Promise<Engine>): void {
  let engine: Engine;
  let page: EnginePage;

  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine?.close());

  /** The tests of a page, on one load of it; the last is that nothing has gone wrong in it. */
  const describePage = (name: string, tests: () => void): void => {
    describe(name, () => {
      beforeAll(async () => {
        page = await engine.open(`${inject("watchedGalleryUrl")}/?page=${name}`);
      });
      tests();
      test("nothing has gone wrong in the page", async () => {
        const alerts = await texts(page, ".shiny-comm-error, .shiny-output-error");
        expect(alerts.filter((alert) => alert !== "")).toEqual([]);
        const faults = await page.faults();
        expect(faults.filter((fault) => !fault.includes(MAPBOX_CSS))).toEqual([]);
      });
      afterAll(() => page?.close());
    });
  };

  describePage("controls", () => {
    test("every control is drawn", async () => {
      const OUTPUTS = ".gallery-controls .shiny-ipywidget-output";
      const unseen = () =>
        page.evaluate(
          (outputs) =>
            Array.from(document.querySelectorAll(outputs))
              .filter((output) => {
                const widget = output.querySelector(":scope > .lm-Widget");
                const { width, height } = widget?.getBoundingClientRect() ?? new DOMRect();
                return width < 40 || height < 15;
              })
              .map(({ id }) => id),
          OUTPUTS,
        );
      await eventually(unseen).toEqual([]);
      expect(await count(page, OUTPUTS)).toBeGreaterThan(40);
    });

    test("formulas in two controls are typeset", async () => {
      await shown(page, "#label .katex .msupsub");
      await shown(page, "#html_math .katex .mop");
    });

    test("a slider moved by keyboard reaches Python", async () => {
      await press(page, "#int_slider .noUi-handle", "ArrowRight");
      await eventually(() => text(page, "#int_slider_value")).toBe("6");
      expect(await text(page, "#int_slider .widget-readout")).toBe("6");
    });

    test("a slider dragged by mouse reaches Python", async () => {
      const handle = await middle(page, "#float_slider .noUi-handle");
      const { x, width } = await box(page, "#float_slider .noUi-base");
      await page.drag(handle, { x: Math.round(x + width) + 20, y: handle.y });
      await eventually(() => text(page, "#float_slider_value")).toBe("10.0");
    });

    test("typed text reaches Python", async () => {
      await fill(page, "#text input", "typed");
      await eventually(() => text(page, "#text_value")).toBe("'typed'");
      await fill(page, "#bounded_int_text input", "9");
      await eventually(() => text(page, "#bounded_int_text_value")).toBe("9");
      await click(page, "#ints_input .jupyter-widget-tagsinput");
      // Away from the field at the end, as WebKit scrolls back to the one that has the focus.
      await page.keys({ text: "7" }, "Enter", "Tab");
      await eventually(() => text(page, "#ints_input_value")).toBe("[1, 2, 7]");
    });

    test("a click reaches Python", async () => {
      await click(page, "#button button");
      await eventually(() => text(page, "#button_value")).toBe("1");
      await click(page, "#checkbox input");
      await eventually(() => text(page, "#checkbox_value")).toBe("True");
      await click(page, "#radio_buttons label:nth-of-type(2) input");
      await eventually(() => text(page, "#radio_buttons_value")).toBe("'banana'");
    });

    test("dates and times chosen reach Python", async () => {
      // By script: each engine has its own way to enter them.
      const choose = (name: string, chosen: string) =>
        page.evaluate(
          (selector, to) => {
            const field = document.querySelector<HTMLInputElement>(selector);
            if (!field) throw new Error(`There is no ${selector}.`);
            field.value = to;
            for (const type of ["change", "focusout"]) {
              field.dispatchEvent(new Event(type, { bubbles: true }));
            }
          },
          `#${name} input`,
          chosen,
        );
      await choose("date_picker", "2025-01-02");
      await eventually(() => text(page, "#date_picker_value")).toBe("datetime.date(2025, 1, 2)");
      await choose("time_picker", "01:02");
      await eventually(() => text(page, "#time_picker_value")).toBe("datetime.time(1, 2)");
      await choose("naive_datetime_picker", "2025-01-02T03:04");
      await eventually(() => text(page, "#naive_datetime_picker_value")).toBe(
        "datetime.datetime(2025, 1, 2, 3, 4)",
      );
    });

    test("values from Python are shown", async () => {
      const names = ["int_slider", "text", "dropdown", "date_picker", "datetime_picker", "image"];
      const before = await attribute(page, "#image img", "src");
      for (const name of names) await click(page, `#${name}_set`);
      await eventually(() => text(page, "#int_slider .widget-readout")).toBe("8");
      await eventually(() => value(page, "#text input")).toBe("from Python");
      await eventually(() => value(page, "#dropdown select")).toBe("cherry");
      await eventually(() => value(page, "#date_picker input")).toBe("2025-12-31");
      await eventually(() => value(page, "#datetime_picker input")).toMatch(/^2025-12-31T23:05/);
      await eventually(() => attribute(page, "#image img", "src")).not.toBe(before);
      const width = () =>
        page.evaluate(() => document.querySelector<HTMLImageElement>("#image img")?.naturalWidth);
      await eventually(width).toBe(96);
    });

    test("icons are drawn from the client's own font", async () => {
      const statuses = () =>
        page.evaluate(() =>
          Array.from(document.fonts)
            .filter(({ family }) => /FontAwesome/.test(family))
            .map(({ status }) => status),
        );
      await eventually(statuses).toEqual(["loaded"]);
    });
  });

  describePage("containers", () => {
    test("containers show their children, and a choice shows another child", async () => {
      for (const name of ["h_box", "v_box", "two_by_two_layout"]) {
        await shown(page, `#${name} button`, 20);
        await eventually(() => count(page, `#${name} button`)).toBe(3);
      }
      for (const name of ["app_layout", "gridspec_layout"]) {
        await shown(page, `#${name} button`, 20);
        await eventually(() => count(page, `#${name} button`)).toBe(5);
      }
      await click(page, "#tab .lm-TabBar-tab:nth-child(2)");
      await shown(page, "#tab textarea");
      const section = "#accordion .jupyter-widget-Collapse:nth-child(2)";
      await click(page, `${section} .jupyter-widget-Collapse-header`);
      await shown(page, `${section} input[type=text]`);
    });

    test("interactive sends its sliders to Python and shows the result", async () => {
      await press(page, "#interactive .noUi-handle", "ArrowRight");
      await eventually(() => text(page, "#interactive_value")).toContain("'base': 8");
      await eventually(() => text(page, "#interactive .widget-output")).toContain("64");
    });

    test("the Output widget shows every kind of output, and output that is appended", async () => {
      for (const kind of [".noUi-handle", ".katex", "img", "b"]) {
        await shown(page, `#output_all ${kind}`);
      }
      await eventually(() => text(page, "#output_all")).toContain(
        "ZeroDivisionError: division by zero",
      );
      await click(page, "#output_append_go");
      await shown(page, "#output_append b");
    });

    test("sound comes down as bytes", async () => {
      const duration = () =>
        page.evaluate(() => document.querySelector<HTMLAudioElement>("#audio audio")?.duration);
      await eventually(duration).toBeCloseTo(0.5, 1);
    });
  });

  describePage("anywidget", () => {
    const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    const counted = (length: number) => Uint8Array.from({ length }, (_, index) => index);

    test("bytes come down unchanged", async () => {
      const BYTES = /\d+ [0-9a-f]{64}/g;
      const down = async () => (await text(page, "#anywidget_down"))?.match(BYTES);
      await click(page, "#anywidget_trait_set");
      await click(page, "#anywidget_send");
      await eventually(() => text(page, ".down-trait")).toMatch(/^2000 /);
      await eventually(() => text(page, ".down-message")).toMatch(/^300 .*, 7 /);
      const arrived = (await texts(page, ".down-trait, .down-message")).join().match(BYTES);
      await eventually(down).toEqual(arrived);
    });

    test("bytes go up unchanged, and commands are answered", async () => {
      await click(page, "button.up-message");
      const doubles = new Uint8Array(new Float64Array([1, 2, 3]).buffer);
      await eventually(() => text(page, "#anywidget_message")).toBe(
        `message: 100 ${sha256(counted(100))}, 24 ${sha256(doubles)}`,
      );
      await click(page, "button.up-trait");
      await eventually(() => text(page, "#anywidget_up")).toBe(`up: 50 ${sha256(counted(50))}`);
      await click(page, "button.up-command");
      await eventually(() => text(page, ".binary-widget")).toContain("[9,8,7,6,5,4,3,2,1,0]");
      expect(await text(page, "#anywidget_initialized")).toBe("initialized: 1");
    });
  });

  describePage("rerender", () => {
    test("repeated renders leave one live view, the latest", async () => {
      await shown(page, "#rerender_box .noUi-handle");
      for (let render = 1; render <= 5; render += 1) {
        await click(page, "#rerender");
        await eventually(() => text(page, "#rerender_count")).toBe(`renders: ${render}`);
      }
      await eventually(() => text(page, "#rerender_box .widget-label")).toBe("Render 5");
      await eventually(() => count(page, "#rerender_box .noUi-handle")).toBe(1);
      await fill(page, "#rerender_box input[type=text]", "still live");
      await eventually(() => text(page, "#rerender_value")).toContain("still live");
    });
  });

  describePage("plotly", () => {
    const PLOT = "#plotly_figure .js-plotly-plot";

    test("plotly fills its output, and follows Python", async () => {
      await shown(page, `${PLOT} .main-svg`);
      const difference = async () => {
        const plot = await box(page, `${PLOT} .main-svg`);
        const place = await box(page, "#plotly_figure");
        return Math.max(Math.abs(plot.width - place.width), Math.abs(plot.height - place.height));
      };
      await eventually(difference).toBeLessThan(3);
      const line = () => attribute(page, `${PLOT} .js-line`, "d");
      await eventually(line).toMatch(/^M/);
      const before = await line();
      await setInput(page, "plotly_frequency", 3);
      await eventually(line).not.toBe(before);
    });

    test("plotly sends a clicked point to Python", async () => {
      await click(page, `${PLOT} .points path:nth-child(4)`);
      await eventually(() => text(page, "#plotly_click")).toContain("'point': [3]");
    });
  });

  describePage("altair", () => {
    test("altair is drawn, and sends a selection to Python", async () => {
      const CHART = "#altair_chart canvas, #altair_chart svg.marks";
      await shown(page, CHART, 100);
      await eventually(() => painted(page, CHART)).toBeGreaterThan(1000);
      const { x, y } = await middle(page, CHART);
      await page.drag({ x: x - 80, y: y - 60 }, { x, y });
      await eventually(() => text(page, "#altair_selection")).toMatch(/'x': \[\d/);
    });
  });

  describePage("ipyleaflet", () => {
    test("ipyleaflet is drawn, and its zoom reaches Python and returns", async () => {
      await shown(page, "#ipyleaflet_map .leaflet-marker-icon");
      const pictures = () =>
        page.evaluate(() =>
          Array.from(
            document.querySelectorAll<HTMLImageElement>("#ipyleaflet_map img"),
            ({ naturalWidth }) => naturalWidth,
          ),
        );
      // The marker's shadow, and the marker.
      await eventually(pictures).toEqual([41, 25]);
      await shown(page, "#ipyleaflet_map path.leaflet-interactive", 20);
      await press(page, "#ipyleaflet_map .noUi-handle", "ArrowRight");
      await eventually(() => text(page, "#ipyleaflet_view")).toMatch(/zoom: 11$/);
      // Leaflet ignores a zoom by Python while another runs.
      await eventually(() => count(page, "#ipyleaflet_map .leaflet-zoom-anim")).toBe(0);
      await click(page, "#ipyleaflet_home");
      await eventually(() => text(page, "#ipyleaflet_view")).toMatch(/zoom: 10$/);
      await eventually(() => text(page, "#ipyleaflet_map .widget-readout")).toBe("10");
    });
  });

  describePage("bokeh", () => {
    test("bokeh is drawn, and draws new data from Python", async () => {
      await shown(page, "#bokeh_figure .bk-Figure", 100);
      await eventually(() => painted(page, "#bokeh_figure .bk-Figure")).toBeGreaterThan(1000);
      interface Model {
        type: string;
        data: { y: ArrayLike<number> };
      }
      const first = () =>
        page.evaluate(() => {
          const { documents } = (
            window as unknown as { Bokeh: { documents: { _all_models: Map<string, Model> }[] } }
          ).Bokeh;
          const models = documents.flatMap((each) => Array.from(each._all_models.values()));
          return models.find(({ type }) => type === "ColumnDataSource")?.data.y[0];
        });
      expect(await first()).toBe(0);
      await setInput(page, "bokeh_phase", 3);
      await eventually(first).toBeCloseTo(Math.sin(3));
    });
  });

  describePage("pydeck", () => {
    test("pydeck is drawn, and follows Python", async () => {
      expect(await hasWebGl(page), "WebGL, which pydeck needs, is there").toBe(true);
      await shown(page, "#pydeck_map canvas", 100);
      const columns = () => painted(page, "#pydeck_map canvas");
      await eventually(columns).toBeGreaterThan(2000);
      const thin = await columns();
      await setInput(page, "pydeck_radius", 400);
      await eventually(columns).toBeGreaterThan(1.5 * thin);
    });
  });

  describePage("quak", () => {
    /** The elements of the table, which is in a shadow root. */
    const inTable = (selector: string) =>
      page.evaluate((sought) => {
        const hosts = Array.from(document.querySelectorAll("#quak_table *"));
        const table = hosts.find(({ shadowRoot }) => shadowRoot)?.shadowRoot;
        return Array.from(table?.querySelectorAll(sought) ?? [], (element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          const at = { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
          return { text: element.textContent, at };
        });
      }, selector);

    test("quak shows rows and charts from Python", async () => {
      const row = async () => (await inTable("tbody tr:first-child td")).map((cell) => cell.text);
      await eventually(row).toEqual(["0", "0", "80.61", "cherry", "2024-01-01T00:00:00", ""]);
      const bars = async () => (await inTable("thead svg rect")).length;
      await eventually(bars).toBeGreaterThan(20);
    });

    test("quak sends a clicked filter to Python, and shows the remaining rows", async () => {
      const apple = async () => (await inTable("thead *")).find((bar) => bar.text === "apple");
      await eventually(apple).toBeDefined();
      await page.drag((await apple())?.at ?? { x: 0, y: 0 });
      await eventually(() => text(page, "#quak_sql")).toMatch(/WHERE .*'apple'/);
      const fruits = async () => (await inTable("tbody td:nth-child(4)")).map((cell) => cell.text);
      await eventually(async () => new Set(await fruits())).toEqual(new Set(["apple"]));
    });
  });

  describePage("bqplot", () => {
    test("bqplot is drawn, and draws new data from Python", async () => {
      await shown(page, "#bqplot_figure svg", 100);
      const line = () => attribute(page, "#bqplot_figure path.line", "d");
      await eventually(line).toMatch(/^M/);
      const colour = () =>
        page.evaluate(() => {
          const label = document.querySelector("#bqplot_figure .axis .tick text");
          return label ? getComputedStyle(label).fill : "";
        });
      await eventually(colour).toMatch(/^(rgb|color)/);
      const before = await line();
      await click(page, "#bqplot_change");
      await eventually(line).not.toBe(before);
    });
  });
}
