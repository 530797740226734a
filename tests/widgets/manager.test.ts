/** The manager: models that are missing, states that are incomplete, and modules for the page's RequireJS. */
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { classicState, type ServerComm } from "../../src/testing/index.js";
import { client, openControl, reconnect, session, show, takeErrors } from "./page.js";

test("a layout of another session is omitted, with a warning", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const output = await show(openControl("Label", { value: "label", layout: "IPY_MODEL_other" }));
  await expect.poll(() => output.textContent).toContain("label");
  expect(warn.mock.calls.map(String)).toEqual([
    expect.stringMatching(/The layout other belongs to another session.*server function/),
  ]);
  warn.mockRestore();
  expect(takeErrors()).toEqual([]);
});

test("the HTML of a description is sanitized", async () => {
  const label = openControl("Text", {
    value: "",
    description: "<b>bold</b><script>globalThis.ran = true</script><p>text</p>",
    description_allow_html: true,
  });
  const output = await show(label);
  await expect.poll(() => output.querySelector("label")?.innerHTML).toBe("<b>bold</b>text");
  label.set({ description: "<i onclick='1'>italic</i>" });
  await expect.poll(() => output.querySelector("label")?.innerHTML).toBe("<i>italic</i>");
  expect("ran" in globalThis).toBe(false);
});

test("get_model() rejects an empty id and a closed model", async () => {
  const label = openControl("Label", { value: "label" });
  const { model_id } = label;
  await client.widgets.get_model(model_id);
  label.close();
  await expect.poll(() => client.widgets.isGone(model_id)).toBe(true);
  await expect(client.widgets.get_model(model_id)).rejects.toThrow("has been closed");
  await expect(client.widgets.get_model("")).rejects.toThrow("an empty id");
});

test("models that contain one another cause an error, not an endless wait", async () => {
  const id = "0".repeat(31);
  const box = (model_id: string, child: string) =>
    session.open(
      classicState(
        {
          module: "@jupyter-widgets/controls",
          version: "2.0.0",
          model: "VBoxModel",
          view: "VBoxView",
        },
        { children: [`IPY_MODEL_${child}`] },
      ),
      { model_id },
    );
  const first = box(`${id}1`, `${id}2`);
  box(`${id}2`, `${id}1`);
  const output = await show(first);
  await expect.poll(() => output.textContent).toContain("it contains itself");
  expect(takeErrors()).toHaveLength(1);
});

describe("a model that JavaScript creates", () => {
  const options = {
    model_name: "LabelModel",
    model_module: "@jupyter-widgets/controls",
    model_module_version: "2.0.0",
    view_name: "LabelView",
    view_module: "@jupyter-widgets/controls",
    view_module_version: "2.0.0",
  };

  beforeEach(() => reconnect({ opens: true }));
  afterAll(() => reconnect({ opens: false }));

  test("the comm of the model opens at the server, and carries messages both ways", async () => {
    const received: unknown[] = [];
    let comm: ServerComm | undefined;
    session.comms.register_target("jupyter.widget", (opened, { content }) => {
      comm = opened;
      received.push(content.data);
      opened.on_msg((message) => received.push(message.content.data));
    });
    const model = await client.widgets.new_widget(options, { value: "made here" });
    await expect.poll(() => received.at(-1)).toMatchObject({ state: { value: "made here" } });
    expect(received[0]).toMatchObject({ state: { _model_name: "LabelModel" } });
    expect(comm?.comm_id).toBe(model.model_id);
    model.set("value", "changed here");
    model.save_changes();
    await expect.poll(() => received.at(-1)).toMatchObject({ state: { value: "changed here" } });
    comm?.send({ method: "update", state: { value: "changed there" }, buffer_paths: [] });
    await expect.poll(() => model.get("value")).toBe("changed there");
    expect(takeErrors()).toEqual([]);
  });

  test("a model has no comm with a server that does not support opens", async () => {
    await reconnect({ opens: false });
    const model = await client.widgets.new_widget(options, { value: "made here" });
    expect(model.comm).toBeUndefined();
    expect(model.name).toBe("LabelModel");
  });
});

describe("a message to a model", () => {
  test("a message with an unsupported method is an error", async () => {
    const label = openControl("Label", { value: "label" });
    await client.widgets.get_model(label.model_id);
    label.comm.send({ method: "none" });
    await expect
      .poll(() => takeErrors().join())
      .toContain('unsupported method "none" (expected update, echo_update or custom)');
  });

  test("a message whose state is not an object is an error", async () => {
    const label = openControl("Label", { value: "label" });
    await client.widgets.get_model(label.model_id);
    label.comm.send({ method: "update", state: [1] });
    await expect.poll(() => takeErrors().join()).toContain("content.data.state is not an object");
  });
});

test("a child that is not a widget is shown as an error", async () => {
  const output = await show(openControl("VBox", { children: [{ a: 1 }, ["b"], "c"] }));
  await expect
    .poll(() => output.textContent)
    .toContain('VBoxModel contains "c" instead of a widget');
  expect(output.textContent).toContain("VBoxModel contains an object instead of a widget");
  expect(output.textContent).toContain("VBoxModel contains a list instead of a widget");
  takeErrors();
});

describe("the page's RequireJS", () => {
  type Load = (context: object, name: string, url: string) => HTMLScriptElement | undefined;

  test("the page's RequireJS gets widget modules that it cannot find", async () => {
    const defined = new Map<string, unknown>();
    const completed: string[] = [];
    const script = document.createElement("script");
    const page = globalThis as { requirejs?: unknown; define?: unknown };
    const before = page.define;
    page.define = Object.assign(
      (name: string, _deps: unknown, factory: () => unknown) => defined.set(name, factory()),
      { amd: {} },
    );
    const load: Load = () => script;
    const requirejs = { load, config: vi.fn() };
    page.requirejs = requirejs;
    const context = {
      contextName: "_",
      config: { paths: { known: "known" } },
      completeLoad: (name: string) => completed.push(name),
      onScriptError: vi.fn(),
    };

    client.modules.configure({ paths: { "test-required": "/lost/required" } });
    expect(requirejs.config).toHaveBeenCalled();
    await expect.poll(() => requirejs.load).not.toBe(load);
    requirejs.load(context, "@jupyter-widgets/base", "base.js");
    await expect.poll(() => completed).toEqual(["@jupyter-widgets/base"]);
    expect(defined.get("@jupyter-widgets/base")).toHaveProperty("DOMWidgetModel");

    expect(requirejs.load({ ...context, contextName: "other" }, "x", "x.js")).toBe(script);
    expect(requirejs.load(context, "/not/a/package.js", "x.js")).toBe(script);
    requirejs.load(context, "test-required", "x.js");
    await expect.poll(() => completed).toContain("test-required");
    page.define = before;
    delete page.requirejs;
  });
});
