/** Every control of ipywidgets 8 in both directions, on the gallery's page of controls. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectNoFaults, expectText, openGallery, useBrowser, type WatchedPage } from "./page.js";

interface ControlCase {
  /** A user's action in the control, given its output's element. */
  act?: (control: Locator, page: Page) => Promise<unknown>;
  /** Python's value after that. */
  acted?: RegExp;
  /** The page's content after the "Set" button has set another value from Python. */
  shown: (control: Locator) => Promise<unknown>;
  set: unknown;
}

const handle = (control: Locator, index = 0) => control.locator(".noUi-handle").nth(index);
const input = (control: Locator) => control.locator("input, textarea").first();
const readout = (control: Locator) => control.locator(".widget-readout").textContent();
const type = (text: string) => async (control: Locator) => {
  await input(control).fill(text);
  await input(control).press("Tab");
};
const addTag = (text: string) => async (control: Locator) => {
  // The field for a new tag appears when the control gets the focus.
  await control.locator(".jupyter-widget-tagsinput").click();
  await input(control).fill(text);
  await expect.poll(() => input(control).inputValue()).toBe(text);
  await input(control).press("Enter");
};
const tags = (control: Locator) => control.locator("div.jupyter-widget-tag").allTextContents();
const chosen = (control: Locator) =>
  control
    .locator("select")
    .evaluate((select: HTMLSelectElement) => Array.from(select.selectedOptions, (o) => o.text));
const right = (control: Locator) => handle(control).press("ArrowRight");
const barWidth = (control: Locator) =>
  control.locator(".progress-bar").evaluate((bar: HTMLElement) => bar.style.width);
const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

const CONTROLS: Record<string, ControlCase> = {
  int_slider: { act: right, acted: /^6$/, shown: readout, set: "8" },
  float_slider: { act: right, acted: /^2\.6$/, shown: readout, set: "7.50" },
  float_log_slider: { act: right, acted: /^12\.58/, shown: readout, set: "1.00e+3" },
  int_range_slider: { act: right, acted: /^\(3, 6\)$/, shown: readout, set: "3 – 9" },
  float_range_slider: { act: right, acted: /^\(2\.6, 6\.5\)$/, shown: readout, set: "1.50 – 8.50" },
  int_progress: { shown: barWidth, set: "90%" },
  float_progress: { shown: barWidth, set: "85%" },
  bounded_int_text: { act: type("9"), acted: /^9$/, shown: (c) => input(c).inputValue(), set: "7" },
  bounded_float_text: {
    act: type("1.5"),
    acted: /^1\.5$/,
    shown: (c) => input(c).inputValue(),
    set: "9.5",
  },
  int_text: { act: type("123"), acted: /^123$/, shown: (c) => input(c).inputValue(), set: "-40" },
  float_text: {
    act: type("0.25"),
    acted: /^0\.25$/,
    shown: (c) => input(c).inputValue(),
    set: "-0.125",
  },
  toggle_button: {
    act: (c) => c.locator("button").click(),
    acted: /^True$/,
    shown: (c) => c.locator("button.mod-active").count(),
    set: 1,
  },
  checkbox: {
    act: (c) => input(c).click(),
    acted: /^True$/,
    shown: (c) => input(c).isChecked(),
    set: true,
  },
  valid: { shown: (c) => c.locator(".mod-valid").count(), set: 1 },
  dropdown: {
    act: (c) => c.locator("select").selectOption("banana"),
    acted: /^['"]banana['"]$/,
    shown: chosen,
    set: ["cherry"],
  },
  radio_buttons: {
    act: (c) => c.getByText("banana").click(),
    acted: /^['"]banana['"]$/,
    shown: (c) => c.locator("label:has(input:checked)").textContent(),
    set: "cherry",
  },
  select: {
    act: (c) => c.locator("select").selectOption("banana"),
    acted: /^['"]banana['"]$/,
    shown: chosen,
    set: ["cherry"],
  },
  selection_slider: { act: right, acted: /^['"]banana['"]$/, shown: readout, set: "cherry" },
  selection_range_slider: {
    act: (c) => handle(c, 1).press("ArrowRight"),
    acted: /^\(['"]apple['"], ['"]cherry['"]\)$/,
    shown: readout,
    set: "banana-damson",
  },
  toggle_buttons: {
    act: (c) => c.getByText("banana").click(),
    acted: /^['"]banana['"]$/,
    shown: (c) => c.locator("button.mod-active").textContent(),
    set: "cherry",
  },
  select_multiple: {
    act: (c) => c.locator("select").selectOption(["banana", "cherry"]),
    acted: /banana.*cherry/,
    shown: chosen,
    set: ["banana", "damson"],
  },
  text: {
    act: type("typed"),
    acted: /typed/,
    shown: (c) => input(c).inputValue(),
    set: "from Python",
  },
  textarea: {
    act: type("one\ntwo"),
    acted: /one\\ntwo/,
    shown: (c) => input(c).inputValue(),
    set: "two lines\nfrom Python",
  },
  combobox: {
    act: type("damson"),
    acted: /damson/,
    shown: (c) => input(c).inputValue(),
    set: "elderberry",
  },
  password: {
    act: type("typed"),
    acted: /typed/,
    shown: (c) => input(c).inputValue(),
    set: "from Python",
  },
  label: { shown: (c) => c.locator(".widget-label").textContent(), set: "A label from Python" },
  html: { shown: (c) => c.locator(".widget-html-content i").textContent(), set: "slanted" },
  html_math: { shown: (c) => c.locator(".katex .mfrac").count(), set: 1 },
  button: {
    act: (c) => c.locator("button").click(),
    acted: /^1$/,
    shown: (c) => c.locator("button").textContent(),
    set: "From Python",
  },
  file_upload: {
    act: async (c, page) => {
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        c.locator("button").click(),
      ]);
      await chooser.setFiles({
        name: "b.bin",
        mimeType: "application/octet-stream",
        buffer: bytes,
      });
    },
    // The first half of the SHA-256 of the bytes 0 to 255.
    acted: /<256 bytes, sha256 40aff2e9d2d8922e>/,
    shown: (c) => c.locator("button").textContent(),
    set: "Upload (0)",
  },
  color_picker: {
    act: async (c) => {
      await c.locator("input[type=text]").fill("#00ff00");
      await c.locator("input[type=text]").press("Tab");
    },
    acted: /#00ff00/,
    shown: (c) => c.locator("input[type=text]").inputValue(),
    set: "#cc3366",
  },
  date_picker: {
    act: type("2025-01-02"),
    acted: /date\(2025, 1, 2\)/,
    shown: (c) => input(c).inputValue(),
    set: "2025-12-31",
  },
  time_picker: {
    act: type("01:02"),
    acted: /time\(1, 2\)/,
    shown: (c) => input(c).inputValue(),
    set: "23:05",
  },
  datetime_picker: {
    act: type("2025-01-02T03:04"),
    acted: /datetime\(2025, 1, 2, 3, 4/,
    shown: (c) => input(c).inputValue(),
    set: "2025-12-31T23:05",
  },
  naive_datetime_picker: {
    act: type("2025-01-02T03:04"),
    acted: /datetime\(2025, 1, 2, 3, 4\)/,
    shown: (c) => input(c).inputValue(),
    set: "2025-12-31T23:05",
  },
  tags_input: {
    act: addTag("damson"),
    acted: /apple.*damson/,
    shown: tags,
    set: ["banana", "cherry"],
  },
  colors_input: {
    act: addTag("blue"),
    acted: /red.*blue/,
    shown: (c) => c.locator("div.jupyter-widget-tag").count(),
    set: 2,
  },
  ints_input: { act: addTag("7"), acted: /^\[1, 2, 7\]$/, shown: tags, set: ["3", "5", "8"] },
  floats_input: {
    act: addTag("4.5"),
    acted: /^\[1\.5, 2\.25, 4\.5\]$/,
    shown: tags,
    // Shown with one decimal, as JupyterLab does.
    set: ["0.5", "3.8"],
  },
  image: {
    shown: async (c) => {
      const src = (await c.locator("img").getAttribute("src")) ?? "";
      return src.startsWith("blob:");
    },
    set: true,
  },
  controller: { shown: (c) => c.locator(".widget-controller, .jupyter-widgets").count(), set: 1 },
  play: {
    act: async (c, page) => {
      await c.locator(".widget-play button").first().click();
      await expect.poll(() => readout(c)).toMatch(/^[3-9]|1\d|20$/);
      // On a busy machine the last step may have ended the play, which a click would start again.
      await c.locator(".widget-play button:has(.fa-pause)").evaluateAll((buttons) => {
        for (const button of buttons) (button as HTMLElement).click();
      });
      // A pending step would replace the next value from Python.
      await expect
        .poll(async () => {
          const value = await readout(c);
          const inPython = await page.locator("#play_value").textContent();
          return inPython?.trim() === `(${value}, ${value}, ${value})`;
        })
        .toBe(true);
    },
    acted: /^\((\d+), \1, \1\)$/,
    shown: readout,
    set: "12",
  },
  jslink: {
    act: right,
    acted: /^\(21, 21\)$/,
    shown: (c) => c.locator(".widget-readout").allTextContents(),
    set: ["80", "80"],
  },
  jsdlink: {
    act: right,
    acted: /^\(21, 21\)$/,
    shown: (c) => c.locator(".widget-readout").allTextContents(),
    set: ["80", "80"],
  },
};

useBrowser();

describe("controls", () => {
  let watched: WatchedPage;
  beforeAll(async () => {
    watched = await openGallery("controls");
    await watched.page.locator("#int_slider .noUi-handle").waitFor();
  });
  afterAll(() => expectNoFaults(watched));

  test("the page has exactly the tested controls", async () => {
    const ids = await watched.page
      .locator(".gallery-controls .shiny-ipywidget-output")
      .evaluateAll((outputs) => outputs.map((output) => output.id));
    expect(ids.sort()).toEqual(Object.keys(CONTROLS).sort());
  });

  for (const [name, { act, acted, shown, set }] of Object.entries(CONTROLS)) {
    if (act && acted) {
      test(`an action in ${name} reaches Python`, async () => {
        const { page } = watched;
        await act(page.locator(`#${name}`), page);
        await expectText(page, `#${name}_value`, acted);
      });
    }

    test(`${name} shows a value from Python`, async () => {
      const { page } = watched;
      await page.click(`#${name}_set`);
      const control = page.locator(`#${name}`);
      await expect.poll(() => shown(control)).toEqual(set);
    });
  }

  test("icons are drawn from the client's font", async () => {
    const drawn = await watched.page.evaluate(() =>
      Array.from(document.fonts, ({ family, status }) => ({ family, status })).filter(
        ({ family }) => /FontAwesome/.test(family),
      ),
    );
    expect(drawn).toEqual([{ family: expect.stringContaining("FontAwesome"), status: "loaded" }]);
  });
});
