/** The controls of the R package: their states compared with ipywidgets, and their values by hand on a page. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { ensurePython } from "../../scripts/python.mjs";
import { ensureRPackage, startRShiny } from "../../scripts/r.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser } from "./page.js";

const root = join(import.meta.dirname, "../..");

/** A control in R and in Python. */
const CASES: [r: string, python: string][] = [
  [
    "ipy_int_slider(7, max = 10, description = 'x', style = list(handle_color = 'red'))",
    "IntSlider(7, max=10, description='x', style={'handle_color': 'red'})",
  ],
  ["ipy_int_slider(500)", "IntSlider(500)"],
  ["ipy_int_slider(min = 20, max = 30)", "IntSlider(min=20, max=30)"],
  ["ipy_float_slider(NULL, 1, 2, tooltip = 'x')", "FloatSlider(min=1, max=2, tooltip='x')"],
  ["ipy_float_slider(0.25, step = NULL)", "FloatSlider(0.25, step=None)"],
  ["ipy_float_log_slider(5000, min = 1, max = 3)", "FloatLogSlider(5000, min=1, max=3)"],
  ["ipy_float_log_slider(1, min = 1, base = 2)", "FloatLogSlider(1, min=1, base=2)"],
  ["ipy_int_range_slider(min = 1, max = 8)", "IntRangeSlider(min=1, max=8)"],
  ["ipy_int_range_slider(c(2, 14), max = 10)", "IntRangeSlider(value=[2, 14], max=10)"],
  ["ipy_float_range_slider(max = 1)", "FloatRangeSlider(max=1)"],
  ["ipy_bounded_int_text(-5, step = 2)", "BoundedIntText(-5, step=2)"],
  ["ipy_dropdown(c('a', 'b'))", "Dropdown(options=['a', 'b'])"],
  [
    "ipy_dropdown(c(One = 1, Two = 2), value = 2)",
    "Dropdown(options={'One': 1, 'Two': 2}, value=2)",
  ],
  [
    "ipy_dropdown(c(1.5, 2), label = '1.5')",
    "Dropdown(options=[('1.5', 1.5), ('2', 2)], label='1.5')",
  ],
  ["ipy_dropdown(c('a', 'b'), value = NULL)", "Dropdown(options=['a', 'b'], value=None)"],
  ["ipy_select(factor(c('y', 'x')), index = 1)", "Select(options=['x', 'y'], index=1)"],
  [
    "ipy_radio_buttons(list(list('One', 1), list('Two', 2)), value = 2, orientation = 'Horizontal')",
    "RadioButtons(options=[('One', 1), ('Two', 2)], value=2, orientation='Horizontal')",
  ],
  [
    "ipy_toggle_buttons(c('a', 'b'), 'b', tooltips = c('A', 'B'), icons = 'check')",
    "ToggleButtons(options=['a', 'b'], value='b', tooltips=['A', 'B'], icons=['check'])",
  ],
  ["ipy_select_multiple(letters[1:3])", "SelectMultiple(options=['a', 'b', 'c'])"],
  [
    "ipy_select_multiple(letters[1:3], c('c'))",
    "SelectMultiple(options=['a', 'b', 'c'], value=['c'])",
  ],
  ["ipy_selection_slider(c('a', 'b'), 'b')", "SelectionSlider(options=['a', 'b'], value='b')"],
  [
    "ipy_selection_range_slider(letters[1:3], c('a', 'c'))",
    "SelectionRangeSlider(options=['a', 'b', 'c'], value=('a', 'c'))",
  ],
  [
    "ipy_date_picker(as.Date('2026-01-31'), min = as.Date('2026-02-01'), step = 'any')",
    "DatePicker(value=date(2026, 1, 31), min=date(2026, 2, 1), step='any')",
  ],
  [
    "ipy_datetime_picker(as.POSIXct('2026-01-31 23:30:05.125', tz = 'Etc/GMT+1'))",
    "DatetimePicker(value=datetime(2026, 2, 1, 0, 30, 5, 125000, timezone.utc))",
  ],
  [
    "ipy_naive_datetime_picker(as.POSIXct('2026-01-31 23:30', tz = 'Etc/GMT+1'))",
    "NaiveDatetimePicker(value=datetime(2026, 1, 31, 23, 30))",
  ],
  [
    "ipy_time_picker('12:30', max = '11:00:05.5')",
    "TimePicker(value=time(12, 30), max=time(11, 0, 5, 500000))",
  ],
  ["ipy_color_picker('#F80')", "ColorPicker(value='#F80')"],
  [
    "ipy_tags_input('a', allowed_tags = c('a', 'b'))",
    "TagsInput(value=['a'], allowed_tags=['a', 'b'])",
  ],
  ["ipy_ints_input(c(1, 2), min = 0)", "IntsInput(value=[1, 2], min=0)"],
  ["ipy_floats_input(0.5, format = '.2f')", "FloatsInput(value=[0.5], format='.2f')"],
  [
    "ipy_combobox('x', options = 'y', ensure_option = TRUE)",
    "Combobox('x', options=['y'], ensure_option=True)",
  ],
  [
    "ipy_html('<b>x</b>', style = list(font_size = '9px'))",
    "HTML('<b>x</b>', style={'font_size': '9px'})",
  ],
  ["ipy_play(3, interval = 500, `repeat` = TRUE)", "Play(3, interval=500, repeat=True)"],
  [
    "ipy_button('x', icon = 'fa-play', button_style = 'info')",
    "Button(description='x', icon='play', button_style='info')",
  ],
  [
    "ipy_image(as.raw(1:3), format = 'png', width = 100)",
    "Image(value=b'\\1\\2\\3', format='png', width=100)",
  ],
  ["ipy_image('https://example.org/x.png')", "Image.from_url('https://example.org/x.png')"],
  ["ipy_file_upload(accept = '.csv', multiple = TRUE)", "FileUpload(accept='.csv', multiple=True)"],
  [
    "ipy_vbox(ipy_label('a'), list(ipy_label('b')), layout = ipy_layout(border = '1px solid', width = '50%'))",
    "VBox([Label('a'), Label('b')], layout=Layout(border='1px solid', width='50%'))",
  ],
  [
    "ipy_tab(ipy_label('a'), ipy_label('b'), titles = 'A')",
    "Tab([Label('a'), Label('b')], titles=['A'])",
  ],
  ["ipy_accordion(ipy_label('a'))", "Accordion([Label('a')])"],
  ["ipy_stack(ipy_label('a'), selected_index = 0)", "Stack([Label('a')], selected_index=0)"],
  [
    "{ s <- ipy_int_slider(50); s$min <- 60; s$update(min = 1, max = 5); s }",
    "changed(IntSlider(50), {'min': 60}, {'min': 1}, {'max': 5})",
  ],
  [
    "{ s <- ipy_int_range_slider(c(10, 20)); s$max <- 15; s }",
    "changed(IntRangeSlider(value=(10, 20)), {'max': 15})",
  ],
  [
    "{ d <- ipy_dropdown(letters[1:3], 'c'); d$options <- c('x', 'y'); d }",
    "changed(Dropdown(options=['a', 'b', 'c'], value='c'), {'options': ['x', 'y']})",
  ],
  [
    "{ d <- ipy_select_multiple(letters[1:3], 'c'); d$options <- c('x', 'y'); d }",
    "changed(SelectMultiple(options=['a', 'b', 'c'], value=['c']), {'options': ['x', 'y']})",
  ],
  [
    "{ b <- ipy_tab(ipy_label('a')); b$children <- list(); b }",
    "changed(Tab([Label('a')]), {'children': []})",
  ],
];

/** A state as both ends print it: a widget in it is its own state, bytes are numbers. */
type State = Record<string, unknown>;

useBrowser();

let r: Awaited<ReturnType<typeof ensureRPackage>>;
let python: string;

beforeAll(async () => {
  r = await ensureRPackage();
  const requirements = join(root, "examples/01-gallery/requirements.lock.txt");
  python = await ensurePython({ requirements });
}, 600_000);

function run(command: string, args: string[], input: string): string {
  const env = { ...process.env, ...r.env };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input, env });
  expect(status, stderr).toBe(0);
  return stdout;
}

const inR = (): State[] =>
  JSON.parse(run(r.rscript, ["-", ...CASES.map(([code]) => code)], STATES_IN_R));
const inPython = (): State[] =>
  JSON.parse(
    run(python, ["-W", "ignore", "-", ...CASES.map(([, code]) => code)], STATES_IN_PYTHON),
  );

describe("states", () => {
  test("controls open with the states of ipywidgets, also after changes", () => {
    const [ours, theirs] = [inR(), inPython()];
    const names = (states: State[]) => states.map(({ _model_name }) => _model_name);
    expect(names(ours)).toEqual(names(theirs));
    expect(new Set(names(ours)).size).toBeGreaterThan(60);
    for (const [index, state] of ours.entries()) {
      const code = CASES[index - (ours.length - CASES.length)]?.[0] ?? String(state._model_name);
      expect.soft(state, code).toEqual(theirs[index]);
    }
  });

  test("the functions and the table of controls match the installed ipywidgets", () => {
    run(python, ["-W", "ignore", join(root, "scripts/record-r-controls.py"), "--check"], "");
  });
});

test("values by hand arrive in R with the classes of R", async () => {
  const app = await startRShiny({ app: join(root, "tests/e2e/apps/r_controls") });
  try {
    const watched = await openUrl(app.url);
    const { page } = watched;
    const values = async (): Promise<Record<string, string>> => {
      const text = (await page.locator("#values").textContent()) ?? "";
      return Object.fromEntries(text.split("\n").map((line) => line.split(/ (.*)/s, 2)));
    };
    await expect.poll(values).toEqual({
      slider: "integer: 7",
      range: "integer: 2, 4",
      dropdown: "numeric: 1",
      several: "character: ",
      radio: "character: no",
      date: "Date: 2026-01-31",
      datetime: "character: 2026-01-31 12:00 UTC",
      naive: "NULL: ",
      time: "character: 12:30:00",
      tags: "character: x",
      upload: "character: ",
      text: "character: Ada",
      color: "character: #ff0000",
      button: "integer: 0",
    });
    // Bootstrap 3 of fluidPage() has bold labels, and moves radio buttons.
    await page.locator(".widget-radio-box input").last().waitFor();
    const looks = () =>
      page
        .locator("label.widget-label, .widget-radio-box :is(label, input)")
        .evaluateAll((elements) =>
          elements.map((element) => {
            const { fontWeight, marginTop } = getComputedStyle(element);
            return `${element.tagName} ${fontWeight} ${marginTop}`;
          }),
        );
    await expect
      .poll(async () => [...new Set(await looks())].sort())
      .toEqual(["INPUT 400 0px", "LABEL 400 0px"]);
    // The inputs of a control, by its description.
    const control = (name: string) =>
      page.locator(".widget-inline-hbox", { has: page.locator(`label:text-is("${name}")`) });
    await control("Slider").locator(".noUi-handle").press("ArrowRight");
    await control("Range").locator(".noUi-handle").last().press("ArrowRight");
    await control("Dropdown").locator("select").selectOption("Two");
    await control("Several").locator("select").selectOption(["a", "c"]);
    await page.locator(".widget-radio input").last().check();
    await control("Date").locator("input").fill("2026-02-28");
    await control("Datetime").locator("input").fill("2026-02-01T01:30");
    await control("Datetime").locator("input").blur();
    await control("Naive").locator("input").fill("2026-02-01T01:30");
    await control("Naive").locator("input").blur();
    await control("Time").locator("input").fill("23:59");
    await control("Time").locator("input").blur();
    await page.locator(".jupyter-widget-tagsinput").click();
    await page.locator(".jupyter-widget-taginput").fill("y");
    await page.locator(".jupyter-widget-taginput").press("Enter");
    const file = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("hello") };
    const chooser = page.waitForEvent("filechooser");
    await page.locator("button", { hasText: "Upload" }).click();
    await (await chooser).setFiles(file);
    await control("Text").locator("input").fill("Grace");
    await control("Color").locator("input[type=text]").fill("#00ff00");
    await control("Color").locator("input[type=text]").press("Enter");
    await page.locator("button", { hasText: "Button" }).click();
    await page.locator("button", { hasText: "Button" }).click();
    await expect.poll(values).toEqual({
      slider: "integer: 8",
      range: "integer: 2, 5",
      dropdown: "numeric: 2",
      several: "character: a, c",
      radio: "character: yes",
      date: "Date: 2026-02-28",
      datetime: "character: 2026-02-01 01:30 UTC",
      naive: "character: 2026-02-01 01:30 UTC",
      time: "character: 23:59:00",
      tags: "character: x, y",
      upload: "character: a.txt, hello",
      text: "character: Grace",
      color: "character: #00ff00",
      button: "integer: 2",
    });
    await expectText(page, ".widget-label:not(.jupyter-button) >> text=/clicks/", "2 clicks");
    await expect.poll(() => control("Mirror").locator("input").inputValue()).toBe("Grace");
    // The limit of the linked control is 8, and R moves the slider back.
    await control("Slider").locator(".noUi-handle").press("ArrowRight");
    await expect.poll(async () => (await values()).slider).toBe("integer: 8");
    await expectText(page, ".widget-readout", "8");
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    await expectNoFaults(watched);
  } finally {
    await app.stop();
  }
});

const STATES_IN_R = `
library(shinycomm)
state_of <- function(widget) {
  as_states(widget$.parts$plain())
}
as_states <- function(value) {
  if (inherits(value, "shinycomm_widget")) return(state_of(value))
  if (is.raw(value)) return(I(as.integer(value)))
  if (is.list(value)) value[] <- lapply(value, as_states)
  value
}
classes <- shinycomm:::ipywidgets_table()$classes
required <- c("DirectionalLink", "Link", "SelectionRangeSlider", "SelectionSlider")
defaults <- lapply(setdiff(names(classes), required), ipy_control)
cases <- lapply(commandArgs(TRUE), function(code) eval(parse(text = code)))
cat(shinycomm:::to_json(lapply(c(defaults, cases), state_of)))
`;

const STATES_IN_PYTHON = `
import json, sys
from datetime import date, datetime, time, timezone
from ipywidgets import *
from ipywidgets.widgets import widget_controller
from ipywidgets.widgets.widget import Widget, _instances

def changed(widget, *changes):
    for change in changes:
        for name, value in change.items():
            setattr(widget, name, value)
    return widget

def plain(value):
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        return state_of(_instances[value[len("IPY_MODEL_"):]])
    if isinstance(value, memoryview):
        return list(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value

def state_of(widget):
    return plain(widget.get_state())

def name_of(c):
    is_part = c.__module__ == widget_controller.__name__ and c.__name__ != "Controller"
    return ("Controller" if is_part else "") + c.__name__

required = ("DirectionalLink", "Link", "SelectionRangeSlider", "SelectionSlider")
classes = {c for _, c in Widget._widget_types.items() if not c.__name__.startswith("_")}
defaults = [c() for c in sorted(classes, key=name_of) if c.__name__ not in required]
print(json.dumps([state_of(widget) for widget in defaults + [eval(code) for code in sys.argv[1:]]]))
`;
