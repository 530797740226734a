/** The hooks of anywidgets: their calls, their arguments and their failures. */
import { afterEach, expect, test, vi } from "vitest";
import { client, find, openAnywidget, openControl, show, takeErrors } from "./page.js";

const globals = globalThis as unknown as Record<string, unknown>;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  delete globals.probe;
});

/** Polls the value that a hook stores for the test. */
const probe = () => expect.poll(() => globals.probe);

const text = (element: Element) => expect.poll(() => element.textContent);

/** Returns a module whose `render` evaluates `find`, and stores the success or the error for the test. */
const finderModule = (find: string) => `export default { async render({ model, host }) {
  try { await ${find}; globalThis.probe = "found"; }
  catch (error) { globalThis.probe = String(error.message); }
} }`;

test.each([
  ["an object", `export default { word: "drawn", render({ el }) { el.append(this.word); } }`],
  [
    "an instance with a private field",
    `class Widget { #word = "drawn"; render({ el }) { el.append(this.#word); } }
    export default new Widget();`,
  ],
  [
    "a factory",
    `export default () => ({ word: "drawn", render({ el }) { el.append(this.word); } })`,
  ],
  [
    "an async factory of an instance",
    `class Widget { #word = "drawn"; render({ el }) { el.append(this.#word); } }
    export default async () => new Widget();`,
  ],
  [
    "a definition that initialize completes",
    `export default {
      initialize() { this.word = "drawn"; this.render = ({ el }) => el.append(this.word); },
    }`,
  ],
])("hooks are called as methods of the definition: %s", async (_, esm) => {
  const output = await show(openAnywidget(esm));
  await text(output).toBe("drawn");
  expect(takeErrors()).toEqual([]);
});

test.each(["export default {}", "export default () => ({})", "export default { exports: 1 }"])(
  "a definition without hooks draws nothing, without an error: %s",
  async (esm) => {
    const output = await show(openAnywidget(esm));
    await expect.poll(() => output.firstElementChild?.childElementCount).toBe(0);
    expect(takeErrors()).toEqual([]);
  },
);

test.each(["export const a = 1", "export default 5", "export default () => null"])(
  "a module without a definition is an error: %s",
  async (esm) => {
    const output = await show(openAnywidget(esm));
    await text(output).toContain("exports neither a widget as default nor a render function");
    expect(takeErrors()).toHaveLength(1);
  },
);

test("hooks that are exported by name work, with one warning for each _anywidget_id", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const esm = `export function render({ el }) { el.append("legacy"); }`;
  const traits = { _anywidget_id: "tests.Legacy" };
  await text(await show(openAnywidget(esm, traits))).toBe("legacy");
  await text(await show(openAnywidget(esm, traits))).toBe("legacy");
  const warnings = warn.mock.calls.filter(([first]) => String(first).includes("tests.Legacy"));
  expect(warnings).toHaveLength(1);
});

test.each([
  [`host.getModel("anywidget:")`, "anywidget:"],
  [`host.getModel("none")`, "none"],
  [`host.getModel(undefined)`, "undefined"],
  [`model.widget_manager.get_model("")`, "empty id"],
])("%s rejects immediately, and the error names the reference", async (find, name) => {
  await show(openAnywidget(finderModule(find)));
  await probe().toContain(name);
});

test("a lookup of a missing or uninitialized model rejects after 10 s, and the error names the model", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const endless = "export default { async initialize() { await new Promise(() => {}); } }";
  const child = openAnywidget(endless);
  const finds = [
    `host.getModel("anywidget:none")`,
    `host.getWidget("anywidget:none")`,
    `model.widget_manager.get_model("none")`,
    `host.getWidget("anywidget:${child.model_id}")`,
  ];
  const outputs = await Promise.all(
    finds.map((find) =>
      show(
        openAnywidget(`export default { async render({ model, el, host }) {
          try { await ${find}; el.textContent = "found"; }
          catch (error) { el.textContent = error.message; }
        } }`),
      ),
    ),
  );
  const textsLater = async () => {
    await vi.advanceTimersByTimeAsync(1_000);
    return outputs.map((output) => output.textContent);
  };
  await expect
    .poll(textsLater)
    .toEqual([
      expect.stringMatching(
        /cannot find the model anywidget:none.*not open the model none within 10 s/,
      ),
      expect.stringMatching(
        /cannot find the model anywidget:none.*not open the model none within 10 s/,
      ),
      expect.stringMatching(/did not open the model none within 10 s/),
      expect.stringMatching(`${child.model_id} has not been initialized within 10 s`),
    ]);
});

test("a lookup of a model that cannot be made rejects", async () => {
  const broken = openControl("NoSuchControl");
  await show(openAnywidget(finderModule(`host.getModel("anywidget:${broken.model_id}")`)));
  await probe().toContain("NoSuchControl");
});

test("a lookup of a closed model rejects immediately", async () => {
  const closed = openAnywidget("export default {}");
  await client.widgets.get_model(closed.model_id);
  closed.close();
  await expect.poll(() => client.widgets.has_model(closed.model_id)).toBe(false);
  await show(openAnywidget(finderModule(`host.getWidget("anywidget:${closed.model_id}")`)));
  await probe().toContain("closed");
});

test("getWidget() rejects when the child is closed while it initializes", async () => {
  const child = openAnywidget(`export default { async initialize() {
    globalThis.started = true;
    await new Promise(() => {});
  } }`);
  await show(openAnywidget(finderModule(`host.getWidget("anywidget:${child.model_id}")`)));
  await expect.poll(() => globals.started).toBe(true);
  child.close();
  await probe().toContain("closed");
});

test("getWidget() resolves with the new module's exports when the module changes during initialize()", async () => {
  const child = openAnywidget(`export default { async initialize() {
    globalThis.started2 = true;
    await new Promise(() => {});
  } }`);
  const parent = openAnywidget(
    `export default { async render({ model, el, host }) {
      const { exports } = await host.getWidget(model.get("child"));
      el.append(exports.word);
    } }`,
    { child: `anywidget:${child.model_id}` },
  );
  const output = await show(parent);
  await expect.poll(() => globals.started2).toBe(true);
  child.set({ _esm: `export default { initialize() { return { word: "new" }; } }` });
  await text(output).toBe("new");
});

test("the next view calls a failed initialize() again, and then both views are drawn", async () => {
  globals.attempts = 0;
  const widget = openAnywidget(`export default {
    initialize() { if (globalThis.attempts++ === 0) throw new Error("not yet"); },
    render({ el }) { el.textContent = "drawn"; },
  }`);
  const first = await show(widget);
  await text(first).toContain("not yet");
  const second = await show(widget);
  await text(second).toBe("drawn");
  await text(first).toBe("drawn");
  expect(globals.attempts).toBe(2);
  expect(takeErrors()).toHaveLength(1);
});

test("getWidget() reloads a module that failed to load", async () => {
  globals.loads = 0;
  const child = openAnywidget(`if (globalThis.loads++ === 0) throw new Error("cut off");
    export default { initialize() { return { word: "late" }; } }`);
  const output = await show(child);
  await text(output).toContain("cut off");
  const parent = openAnywidget(
    `export default { async render({ model, el, host }) {
      const { exports } = await host.getWidget(model.get("child"));
      el.append(exports.word);
    } }`,
    { child: `anywidget:${child.model_id}` },
  );
  await text(await show(parent)).toBe("late");
});

test("a failing initialize() of a widget without a view is reported once", async () => {
  const widget = openAnywidget(`export default { initialize() { throw new Error("no view"); } }`, {
    _anywidget_id: "tests.Broken",
  });
  const reported: string[] = [];
  await expect
    .poll(() => {
      reported.push(...takeErrors());
      return reported;
    })
    .toHaveLength(1);
  expect(reported[0]).toMatch(/cannot initialize tests\.Broken.*no view/);
  widget.close();
});

test("save_changes() forwards its callbacks, and set() forwards its options", async () => {
  const widget = openAnywidget(
    `export default { render({ model }) {
      const log = (globalThis.probe = []);
      model.on("change:n", () => log.push("changed"));
      model.set("n", 1, { silent: true });
      model.set({ n: 2, m: 3 }, { silent: true });
      model.save_changes({ iopub: { status: () => log.push("status") } });
    } }`,
    { n: 0, m: 0 },
  );
  await show(widget);
  await widget.until((state) => state.n === 2 && state.m === 3);
  await probe().toEqual(["status"]);
});

test("hot reload waits for a pending render() of the old module", async () => {
  const widget = openAnywidget(`export default { async render({ el }) {
    globalThis.probe = "old";
    await new Promise((resolve) => setTimeout(resolve, 300));
    el.append("late");
  } }`);
  const output = await show(widget);
  await probe().toBe("old");
  widget.set({
    _esm: `export default { render({ el }) { el.append("new"); el.className += " done"; } }`,
  });
  await expect.poll(() => output.querySelector(".done")).not.toBeNull();
  await text(output).toBe("new");
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(output.textContent).toBe("new");
});

test("hot reload waits for a slow clean-up of the old module", async () => {
  const widget = openAnywidget(`export default { render({ el }) {
    el.append("old");
    return async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      el.replaceChildren();
      globalThis.probe = "cleaned up";
    };
  } }`);
  const output = await show(widget);
  await text(output).toBe("old");
  widget.set({ _esm: `export default { render({ el }) { el.append("new"); } }` });
  await text(output).toBe("new");
  expect(globals.probe).toBe("cleaned up");
});

test("hot reload draws the new module although the old render() never ends", async () => {
  const widget = openAnywidget(
    `export default { async render({ el }) { el.append("old"); await new Promise(() => {}); } }`,
  );
  const output = await show(widget);
  await text(output).toBe("old");
  widget.set({ _esm: `export default { render({ el }) { el.append("new"); } }` });
  await expect.poll(() => output.textContent).toBe("new");
});

test("hot reload redraws each view once, and drops the old listeners", async () => {
  const esm = (word: string) => `export default { render({ model, el }) {
    globalThis.renders = (globalThis.renders ?? 0) + 1;
    model.on("change:n", () => el.append("!"));
    el.append("${word}");
  } }`;
  const widget = openAnywidget(esm("old"), { n: 0 });
  const outputs = [await show(widget), await show(widget)];
  for (const output of outputs) await text(output).toBe("old");
  globals.renders = 0;
  widget.set({ _esm: esm("new") });
  for (const output of outputs) await text(output).toBe("new");
  expect(globals.renders).toBe(2);
  widget.set({ n: 1 });
  for (const output of outputs) await text(output).toBe("new!");
});

test.each([
  ["another value", 7],
  ["the same value", 5],
])("an unsaved change is not sent after the server has set %s", async (_, value) => {
  const widget = openAnywidget(
    `export default { render({ model, el }) {
      el.onclick = () => model.set("n", 5);
      el.ondblclick = () => { model.set("m", 1); model.save_changes(); };
    } }`,
    { n: 0, m: 0 },
  );
  const sent: string[] = [];
  widget.onChange((traits) => void sent.push(...traits));
  const output = await show(widget);
  const el = await find(output, ".lm-Widget");
  const model = await client.widgets.get_model(widget.model_id);
  await expect.poll(() => el.onclick).not.toBeNull();
  el.click();
  expect(model.get("n")).toBe(5);
  widget.set({ n: value });
  await expect.poll(() => model.get("n")).toBe(value);
  widget.set({ m: 2 });
  await expect.poll(() => model.get("m")).toBe(2);
  el.dispatchEvent(new Event("dblclick"));
  await widget.until((state) => state.m === 1);
  expect(widget.get("n")).toBe(value);
  expect(sent).toEqual(["m"]);
});

test("the echo of an older value does not overwrite an unsaved change", async () => {
  const widget = openAnywidget("export default {}", { n: 0 });
  const model = await client.widgets.get_model(widget.model_id);
  model.set("n", 1);
  model.save_changes();
  model.set("n", 2);
  await widget.until((state) => state.n === 1);
  widget.send("behind the echo");
  let received = false;
  model.on("msg:custom", () => {
    received = true;
  });
  await expect.poll(() => received).toBe(true);
  expect(model.get("n")).toBe(2);
  model.save_changes();
  await widget.until((state) => state.n === 2);
});

test.each(["change:n", "change", "msg:custom"])(
  "a listener to %s that throws is reported with its comm, and other listeners are still called",
  async (event) => {
    const widget = openAnywidget(
      `export default { initialize({ model }) {
        const log = (globalThis.probe = []);
        model.on("${event}", () => log.push("first"));
        model.on("${event}", () => { throw new Error("bad listener"); });
        model.on("${event}", () => log.push("last"));
      } }`,
      { n: 0 },
    );
    widget.set({ n: 1 });
    widget.send("x");
    await probe().toEqual(["first", "last"]);
    const errors = takeErrors();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(widget.model_id);
    expect(errors[0]).toContain("bad listener");
  },
);

test("off() removes listeners by function or by event name", async () => {
  const widget = openAnywidget(
    `export default { initialize({ model }) {
      const log = (globalThis.probe = []);
      const [a, b, c] = ["a", "b", "c"].map((name) => () => log.push(name));
      model.on("change:n", a);
      model.on("change:n", b);
      model.on("change:m", b);
      model.on({ "change:m": c });
      model.off("change:n", a);
      model.on("msg:custom", () => { model.off("change:m"); model.send("off"); });
    } }`,
    { n: 0, m: 0 },
  );
  widget.set({ n: 1, m: 1 });
  widget.send("x");
  await widget.nextMessage();
  await probe().toEqual(expect.arrayContaining(["b", "b", "c"]));
  expect(globals.probe).toHaveLength(3);
  widget.set({ m: 2 });
  const model = await client.widgets.get_model(widget.model_id);
  await expect.poll(() => model.get("m")).toBe(2);
  expect(globals.probe).toHaveLength(3);
});

test("listeners on models from the manager and the host are removed with the view", async () => {
  const other = openAnywidget("export default {}", { n: 0 });
  const widget = openAnywidget(
    `export default { async render({ model, el, host }) {
      const log = (globalThis.probe = []);
      const one = await model.widget_manager.get_model(model.get("other"));
      const two = await host.getModel("anywidget:" + model.get("other"));
      one.on("change:n", () => log.push("manager"));
      one.once("change:n", () => log.push("once"));
      two.on("change:n", () => log.push("host"));
      el.classList.add("listens");
    } }`,
    { other: other.model_id },
  );
  const output = await show(widget);
  await expect.poll(() => output.querySelector(".listens")).not.toBeNull();
  other.set({ n: 1 });
  await probe().toEqual(["manager", "once", "host"]);
  widget.close();
  await expect.poll(() => client.widgets.has_model(widget.model_id)).toBe(false);
  other.set({ n: 2 });
  const model = await client.widgets.get_model(other.model_id);
  await expect.poll(() => model.get("n")).toBe(2);
  expect(globals.probe).toHaveLength(3);
});

test("a module creates views of models from the manager", async () => {
  const slider = openControl("IntSlider", { value: 3 });
  const widget = openAnywidget(
    `export default { async render({ model, el }) {
      const { widget_manager } = model;
      const child = await widget_manager.get_model(model.get("child"));
      const view = await widget_manager.create_view(child, {});
      el.append(view.el);
    } }`,
    { child: slider.model_id },
  );
  const output = await show(widget);
  await expect.poll(() => output.querySelector(".widget-readout")?.textContent).toBe("3");
  slider.set({ value: 4 });
  await expect.poll(() => output.querySelector(".widget-readout")?.textContent).toBe("4");
});

test("_css applies in a shadow root that a parent renders a widget into, and is removed with the view", async () => {
  const child = openAnywidget(
    `export default { render({ el }) { el.innerHTML = "<b class='word'>word</b>"; } }`,
    { _css: ".word { color: rgb(1, 2, 3); }", _anywidget_id: "tests.Styled" },
  );
  const parent = openAnywidget(
    `export default { async render({ model, el, host }) {
      const place = document.createElement("div");
      el.attachShadow({ mode: "open" }).append(place);
      const widget = await host.getWidget(model.get("child"));
      const controller = new AbortController();
      el.onclick = () => controller.abort();
      await widget.render({ el: place, signal: controller.signal });
      el.classList.add("done");
    } }`,
    { child: `anywidget:${child.model_id}` },
  );
  const output = await show(parent);
  const el = await find(output, ".done");
  const word = el.shadowRoot?.querySelector(".word") as Element;
  expect(getComputedStyle(word).color).toBe("rgb(1, 2, 3)");
  child.set({ _css: ".word { color: rgb(4, 5, 6); }" });
  await expect.poll(() => getComputedStyle(word).color).toBe("rgb(4, 5, 6)");
  el.click();
  expect(el.shadowRoot?.querySelector("style")).toBeNull();
});

test("a command rejects when its widget is closed before the answer", async () => {
  const widget = openAnywidget(`export default { async initialize({ experimental }) {
    const { signal } = new AbortController();
    try { await experimental.invoke("_never", 1, { signal }); }
    catch (error) { globalThis.probe = error.message; }
  } }`);
  await widget.nextMessage();
  widget.close();
  await probe().toContain("has been closed");
});
