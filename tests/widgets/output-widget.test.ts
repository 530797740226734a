/** The Output widget: its renderers, and their reuse when the outputs change. */
import { expect, test } from "vitest";
import { classicState, type JsonObject, type ServerWidget } from "../../src/testing/index.js";
import { find, openControl, session, show, takeErrors } from "./page.js";

function openOutput(outputs: unknown = []): ServerWidget {
  const module = "@jupyter-widgets/output";
  const traits = { outputs, msg_id: "" } as JsonObject;
  return session.open(
    classicState({ module, version: "1.0.0", model: "OutputModel", view: "OutputView" }, traits),
  );
}

const data = (bundle: JsonObject) => ({ output_type: "display_data", data: bundle, metadata: {} });
const stream = (text: string | string[]) => ({ output_type: "stream", name: "stdout", text });

async function shown(outputs: unknown): Promise<[ServerWidget, HTMLElement]> {
  const widget = openOutput(outputs);
  const output = await show(widget);
  return [widget, await find(output, ".jp-OutputArea")];
}

test("streams are joined, and carriage returns are applied", async () => {
  const [, area] = await shown([stream(["a\n", "b"]), stream("c\rd\n")]);
  await expect.poll(() => area.textContent?.trim()).toBe("a\ndc");
});

test.each([
  ["text/plain", "plain", "plain"],
  ["text/html", "<b class='bold'>bold</b>", "bold"],
  ["text/markdown", ["# Head", "ing"], "Heading"],
  ["text/latex", "$x^2$", "x"],
  ["application/json", { a: [1, 2], b: null }, "root: {} 2 items"],
  ["application/javascript", "alert(1)", "JavaScript output isn't run here"],
  ["application/x-unknown", "?", "No way to show application/x-unknown"],
])("an output of type %s is shown", async (type, value, text) => {
  const [, area] = await shown([data({ [type]: value } as JsonObject)]);
  await expect.poll(() => area.textContent).toContain(text);
  expect(takeErrors()).toEqual([]);
});

test("an empty bundle shows a note, and values that are not outputs are dropped", async () => {
  const [widget, area] = await shown([data({}), 3, null, { output_type: 4 }]);
  await expect.poll(() => area.textContent).toBe("Empty output");
  widget.set({ outputs: "none" });
  await expect.poll(() => area.textContent).toBe("");
});

test("branches of a JSON value open and close", async () => {
  const [, area] = await shown([
    {
      ...data({ "application/json": { list: [{ deep: true }], text: "a" } }),
      metadata: { "application/json": { root: "value", expanded: false } },
    },
  ]);
  const root = await find<HTMLDetailsElement>(area, "details");
  expect(root.open).toBe(true);
  expect(root.textContent).toContain("value: {} 2 items");
  const list = await find<HTMLDetailsElement>(root, "details");
  expect(list.textContent).not.toContain("deep");
  list.open = true;
  await expect.poll(() => list.textContent).toContain("0: {} 1 item");
  expect(root.textContent).toContain('text: "a"');
});

test("an expanded JSON value shows all branches", async () => {
  const [, area] = await shown([
    {
      ...data({ "application/json": { list: [{ deep: true }] } }),
      metadata: { "application/json": { expanded: true } },
    },
  ]);
  await expect.poll(() => area.textContent).toContain("deep: true");
});

test("the richest type of a bundle is shown", async () => {
  const [, area] = await shown([data({ "text/plain": "plain", "text/html": "<i>rich</i>" })]);
  await find(area, "i");
  expect(area.textContent).not.toContain("plain");
});

test("renderers of equal outputs stay, and other renderers are replaced", async () => {
  const first = data({ "text/html": "<i>first</i>" });
  const [widget, area] = await shown([first, data({ "text/plain": "second" })]);
  const element = await find(area, "i");
  widget.set({ outputs: [first, data({ "text/plain": "third" })] });
  await expect.poll(() => area.textContent).toContain("third");
  expect(area.textContent).not.toContain("second");
  expect(element.isConnected).toBe(true);
  widget.set({ outputs: [] });
  await expect.poll(() => area.children.length).toBe(0);
});

const WIDGET = "application/vnd.jupyter.widget-view+json";

test("a widget within an output is shown, and a closed widget is replaced by a note", async () => {
  const label = openControl("Label", { value: "nested" });
  const bundle = data({ [WIDGET]: { model_id: label.model_id }, "text/plain": "Label()" });
  const [widget, area] = await shown([bundle]);
  await expect.poll(() => area.textContent).toContain("nested");
  widget.set({ outputs: [] });
  await expect.poll(() => area.textContent).toBe("");
  label.close();
  widget.set({ outputs: [bundle, data({ [WIDGET]: 3 })] });
  await expect.poll(() => area.textContent).toContain("This widget is no longer available");
});

test("an output that contains itself is an error", async () => {
  const widget = openOutput([]);
  const output = await show(widget);
  await find(output, ".jp-OutputArea");
  widget.set({ outputs: [data({ [WIDGET]: { model_id: widget.model_id } })] });
  await expect.poll(() => output.textContent).toContain("within itself");
  expect(takeErrors()).toHaveLength(1);
});
