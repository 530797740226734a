/** Widgets that fail: an alert names the failure and gives advice, other widgets work, and a later render replaces the alert. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type JsonObject, ServerComm, type ServerWidget } from "../../src/testing/index.js";
import { press } from "./gestures.js";
import {
  addOutput,
  client,
  find,
  openAnywidget,
  openControl,
  session,
  shiny,
  show,
  takeErrors,
} from "./page.js";

const uncaught: unknown[] = [];
addEventListener("unhandledrejection", ({ reason }) => uncaught.push(reason));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  expect(uncaught.splice(0)).toEqual([]);
});

const CLASSES = `define(["@jupyter-widgets/base"], (base) => {
  class GoodModel extends base.DOMWidgetModel {}
  class ThrowingModel extends base.DOMWidgetModel {
    initialize() { throw new Error("the model cannot be made"); }
  }
  class GoodView extends base.DOMWidgetView {}
  class ThrowingView extends base.DOMWidgetView {
    render() { throw new Error("the view cannot be drawn"); }
  }
  return { GoodModel, ThrowingModel, GoodView, ThrowingView };
});`;

/** Opens a widget of an AMD module with this text. */
function openAmd(text: string, model: string, view: string): ServerWidget {
  const module = `failing-${crypto.randomUUID()}`;
  const url = `/lost/${module}.js?text=${encodeURIComponent(text)}`;
  client.modules.configure({ paths: { [module]: url } });
  return session.open({
    _model_name: model,
    _model_module: module,
    _model_module_version: "1.2.3",
    _view_name: view,
    _view_module: module,
    _view_module_version: "1.2.3",
  });
}

/** Opens a label of another version of the widget protocol. @returns its id */
function openOtherVersion(): string {
  const { state } = openControl("Label", { value: "of another protocol" });
  const { comm_id } = new ServerComm({
    comm_id: "3".repeat(32),
    commManager: session.comms,
    target_name: "jupyter.widget",
    data: { state, buffer_paths: [] } as JsonObject,
    metadata: { version: "3.0.0" },
    keys: { html_deps: [] },
  });
  return comm_id;
}

const AT = String.raw`failing-[-\da-f]+@1\.2\.3`;

const FAILURES: [
  name: string,
  open: () => ServerWidget | string,
  message: RegExp,
  advice: RegExp,
][] = [
  [
    "a module without the model's class",
    () => openAmd(CLASSES, "NoSuchModel", "GoodView"),
    new RegExp(`no class NoSuchModel in ${AT}`),
    /different versions/,
  ],
  [
    "a module without the view's class",
    () => openAmd(CLASSES, "GoodModel", "NoSuchView"),
    new RegExp(`no class NoSuchView in ${AT}`),
    /different versions/,
  ],
  [
    "a model that throws",
    () => openAmd(CLASSES, "ThrowingModel", "GoodView"),
    new RegExp(String.raw`ThrowingModel \(${AT}\).*the model cannot be made`, "s"),
    /code of the widget threw/,
  ],
  [
    "a view that throws",
    () => openAmd(CLASSES, "GoodModel", "ThrowingView"),
    new RegExp(String.raw`ThrowingView \(${AT}\).*the view cannot be drawn`, "s"),
    /code of the widget threw/,
  ],
  [
    "an open of another version of the widget protocol",
    openOtherVersion,
    /LabelModel \(@jupyter-widgets\/controls@2\.0\.0\).*widget protocol.*"3\.0\.0".*2\.x/s,
    /ipywidgets 8/,
  ],
  [
    "an anywidget module that cannot be parsed",
    () => openAnywidget("export default { render( { }"),
    /cannot load the module \(_esm\).*Unexpected end of input/s,
    /ES module that parses/,
  ],
  [
    "an anywidget module that throws",
    () => openAnywidget("throw new Error('the module gave up'); export default {};"),
    /cannot load the module \(_esm\).*the module gave up/s,
    /ES module that parses/,
  ],
  [
    "an anywidget module without a widget",
    () => openAnywidget("export const nothing = 1;"),
    /exports neither a widget as default nor a render function/,
    /export default/,
  ],
  [
    "an anywidget module that is missing",
    () => openAnywidget("/lost/no/such/module.js?times=1000"),
    /cannot load the module \(_esm\).*no\/such\/module\.js/s,
    /served as text\/javascript/,
  ],
  [
    "an anywidget whose initialize throws",
    () =>
      openAnywidget(
        "export default { initialize() { throw new Error('cannot begin'); }, render() {} };",
      ),
    /cannot begin/,
    /in the widget's module/,
  ],
  [
    "an anywidget whose render throws",
    () => openAnywidget("export default { render() { throw new Error('cannot draw'); } };"),
    /cannot draw/,
    /in the widget's module/,
  ],
];

/** Advances the clock until the output has an alert. */
async function alertIn(output: Element): Promise<HTMLElement> {
  const alerts = async () => {
    await vi.advanceTimersByTimeAsync(1_000);
    return output.querySelectorAll("[role=alert]").length;
  };
  // A browser without internet takes a while to refuse the requests to the CDN.
  await expect.poll(alerts).toBe(1);
  return output.querySelector("[role=alert]") as HTMLElement;
}

test.each(FAILURES)(
  "%s is named in the output, with advice, until a later render",
  async (_name, open, message, advice) => {
    const slider = await show(openControl("IntSlider", { value: 2 }));
    const output = await addOutput();
    const failing = open();
    const value = typeof failing === "string" ? { model_id: failing, fill: false } : failing;
    session.output(output.id, value);

    const alert = await alertIn(output);
    expect(alert.textContent).toMatch(message);
    expect(alert.querySelector(".shiny-comm-error-advice")?.textContent).toMatch(advice);
    expect(output.getBoundingClientRect().height).toBeLessThan(250);
    expect(takeErrors()).toHaveLength(1);

    await press(await find(slider, ".noUi-handle"), "{ArrowRight}");
    await expect.poll(() => slider.querySelector(".widget-readout")?.textContent).toBe("3");

    session.output(output.id, openControl("Label", { value: "a later render" }));
    await expect.poll(() => output.textContent).toBe("a later render");
    expect(document.querySelector("[role=alert]")).toBeNull();
    await shiny.idle();
    expect(takeErrors()).toEqual([]);
  },
);

test("a child that is never opened is named in its parent, next to its siblings", async () => {
  const sibling = openControl("Label", { value: "sibling" });
  const box = openControl("VBox", { children: [`IPY_MODEL_${"0".repeat(32)}`, sibling.reference] });
  const output = await show(box);
  const alert = await alertIn(output);
  expect(alert.textContent).toMatch(/0{32}.*within 10 s.*in the server function/s);
  expect(output.querySelector(".widget-label")?.textContent).toBe("sibling");
  expect(takeErrors()).toHaveLength(1);

  session.output(output.id, openControl("Label", { value: "a later render" }));
  await expect.poll(() => output.textContent).toBe("a later render");
  expect(takeErrors()).toEqual([]);
});

test("a child whose module is missing is named in its parent, next to its siblings", async () => {
  const sibling = openControl("Label", { value: "sibling" });
  const child = openAmd("1;", "MissingModel", "MissingView");
  const output = await show(
    openControl("VBox", { children: [sibling.reference, child.reference] }),
  );
  await alertIn(output);
  expect(output.querySelector(".widget-label")?.textContent).toBe("sibling");
  takeErrors();
});

test.each([
  ["R", /widget_from_wheel\(\)/],
  ["no language", /Python package/],
])("advice names the ways of the server's language: %s", async (language, advice) => {
  session.sendCustomMessage("shiny_comm_server", { version: 1, opens: true, language });
  const alert = await alertIn(await show(openAmd(CLASSES, "NoSuchModel", "GoodView")));
  expect(alert.querySelector(".shiny-comm-error-advice")?.textContent).toMatch(advice);
  takeErrors();
});
