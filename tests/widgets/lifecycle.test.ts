/** A widget from its open to its close: its module, its updates, its children and its output. */
import { expect, test } from "vitest";
import { anywidgetState } from "../../src/testing/index.js";
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

const globals = globalThis as unknown as Record<string, number | undefined>;

const DRAWN = `export default { render({ el }) { el.textContent = "drawn"; } }`;

test("a module text is compiled once for all models and views", async () => {
  const esm = `globalThis.compiled = (globalThis.compiled ?? 0) + 1; ${DRAWN}`;
  delete globals.compiled;
  const [first, second, third] = [esm, esm, esm].map((text) => openAnywidget(text));
  for (const widget of [first, second, first, third]) {
    const output = await show(widget as NonNullable<typeof first>);
    await expect.poll(() => output.textContent).toBe("drawn");
  }
  expect(globals.compiled).toBe(1);
});

test("an output shows a loading sign after the server has closed its widget and before the next widget opens", async () => {
  const output = await addOutput();
  const first = openAnywidget(DRAWN);
  session.output(output.id, first);
  await expect.poll(() => output.textContent).toBe("drawn");
  session.output(output.id, { model_id: "next", fill: false });
  session.flush();
  first.close();
  await expect.poll(() => output.querySelectorAll(".shiny-comm-loading").length).toBe(1);
  const esm = `export default { render({ el }) { el.textContent = "next"; } }`;
  session.open(anywidgetState({ esm }), { model_id: "next" });
  await expect.poll(() => output.textContent).toBe("next");
});

test("an output of None is hidden and empty until the next widget", async () => {
  const output = await show(openControl("Label", { value: "shown" }));
  await expect.poll(() => output.textContent).toBe("shown");
  session.output(output.id, null);
  await expect.poll(() => output.childElementCount).toBe(0);
  expect(getComputedStyle(output).visibility).toBe("hidden");
  session.output(output.id, openControl("Label", { value: "shown again" }));
  await expect.poll(() => output.textContent).toBe("shown again");
  expect(getComputedStyle(output).visibility).toBe("visible");
});

test("a model has one pending update, and later changes are merged into the next update", async () => {
  const widget = openAnywidget(DRAWN, { n: 0 });
  const output = await show(widget);
  await expect.poll(() => output.textContent).toBe("drawn");
  await shiny.idle();
  // The test answers instead of the server.
  const sent: unknown[] = [];
  const send = (text: string) => {
    const { data } = JSON.parse(text);
    const [message] = Object.entries(data).flatMap(([name, value]) =>
      name.startsWith("shinywidgets_comm_send") ? [JSON.parse(value as string)] : [],
    );
    if (message) sent.push(message.content.data.state.n);
  };
  Object.assign(shiny.runtime.shinyapp?.$socket ?? {}, { send });
  const model = await client.widgets.get_model(widget.model_id);
  for (let n = 1; n <= 20; n += 1) {
    model?.set("n", n);
    model?.save_changes();
  }
  await expect.poll(() => sent.length).toBeGreaterThan(0);
  expect(sent).toEqual([1]);
  widget.comm.send({ method: "echo_update", state: { n: 1 }, buffer_paths: [] });
  await expect.poll(() => sent.length).toBeGreaterThan(1);
  expect(sent).toEqual([1, 20]);
});

test("a close removes the view, runs the clean-up once, and frees the id", async () => {
  const esm = `export default { render({ el }) {
    el.textContent = "drawn";
    return () => { globalThis.cleaned = (globalThis.cleaned ?? 0) + 1; };
  } }`;
  delete globals.cleaned;
  const output = await addOutput();
  for (let round = 1; round <= 3; round += 1) {
    const widget = session.open(anywidgetState({ esm }), { model_id: "again" });
    session.output(output.id, widget);
    await expect.poll(() => output.textContent).toBe("drawn");
    widget.close();
    await expect.poll(() => output.textContent).toBe("");
    expect(globals.cleaned).toBe(round);
  }
  expect(takeErrors()).toEqual([]);
});

test("changes of a slider's layout and style are applied and undone", async () => {
  const base = (name: string, module: string, state: object) =>
    session.open({
      _model_name: `${name}Model`,
      _model_module: module,
      _model_module_version: "2.0.0",
      _view_name: name === "Layout" ? "LayoutView" : "StyleView",
      _view_module: "@jupyter-widgets/base",
      _view_module_version: "2.0.0",
      ...state,
    });
  const layout = base("Layout", "@jupyter-widgets/base", { width: "300px", min_height: null });
  const style = base("SliderStyle", "@jupyter-widgets/controls", { handle_color: null });
  const parts = { layout: layout.reference, style: style.reference };
  const output = await show(openControl("IntSlider", { value: 3, ...parts }));
  const slider = await find(output, ".widget-slider");
  const handle = await find(output, ".noUi-handle");
  await expect.poll(() => slider.getAttribute("style")).toBe("width: 300px;");
  layout.set({ width: "200px", min_height: "50px" });
  style.set({ handle_color: "red" });
  await expect.poll(() => handle.getAttribute("style")).toContain("background-color: red");
  await expect.poll(() => slider.getAttribute("style")).toBe("width: 200px; min-height: 50px;");
  layout.set({ width: null, min_height: null });
  style.set({ handle_color: null });
  await expect.poll(() => handle.getAttribute("style")).not.toContain("background-color");
  await expect.poll(() => slider.getAttribute("style")).toBe("");
  expect(takeErrors()).toEqual([]);
});

test("a child that opens later than its parent appears in the parent", async () => {
  const first = openControl("Label", { value: "first" });
  const parent = openControl("VBox", { children: [first.reference] });
  const output = await show(parent);
  const labels = () => Array.from(output.querySelectorAll(".widget-label"), (el) => el.textContent);
  await expect.poll(labels).toEqual(["first"]);
  const second = openControl("Label", { value: "second" });
  const inner = openControl("HBox", { children: [second.reference] });
  parent.set({ children: [first.reference, inner.reference] });
  await expect.poll(labels).toEqual(["first", "second"]);
  expect(takeErrors()).toEqual([]);
});
