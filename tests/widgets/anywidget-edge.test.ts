/** Anywidgets that combine features: hot reload, commands, closes, failures and children. */
import { afterEach, expect, test, vi } from "vitest";
import { registerWidgetModule } from "../../src/index.js";
import { classicState, type JsonObject, type ServerWidget } from "../../src/testing/index.js";
import { client, openAnywidget, session, show, takeErrors } from "./page.js";

type Base = typeof import("@jupyter-widgets/base");

const globals = globalThis as unknown as Record<string, unknown>;

afterEach(() => {
  vi.useRealTimers();
  delete globals.log;
});

const esm = (hooks: string) => `export default { ${hooks} }`;
const text = (element: Element) => expect.poll(() => element.textContent);
const log = () => expect.poll(() => globals.log);

/** Answers each command with its content and its buffers. */
function answerCommands(widget: ServerWidget): void {
  widget.onMessage((content, buffers) => {
    const { id, kind, msg } = content as JsonObject;
    if (kind !== "anywidget-command") return;
    widget.send({ id, kind: "anywidget-command-response", response: msg }, buffers);
  });
}

let classicCount = 0;

/** Opens a widget whose view class the test defines. */
function openClassic(makeView: (base: Base) => object): ServerWidget {
  const module = `edge-classic-${++classicCount}`;
  registerWidgetModule(module, "1.0.0", async ({ load }) => {
    const base = await load<Base>("@jupyter-widgets/base");
    return { Model: base.DOMWidgetModel, View: makeView(base) };
  });
  const names = { module, version: "1.0.0", model: "Model", view: "View" };
  return session.open(classicState(names, { n: 0, _dom_classes: [] }));
}

const child = (word: string) =>
  openAnywidget(
    esm(
      `render({ el }) { const b = document.createElement("b"); b.append("${word}"); el.append(b); }`,
    ),
  );

test("children that a parent renders into its element stay, and so does the parent's text", async () => {
  const children = [child("A"), child("B")].map(({ model_id }) => `anywidget:${model_id}`);
  const parent = openAnywidget(
    esm(`async render({ el, model, host }) {
      el.append("T");
      for (const ref of model.get("children")) await (await host.getWidget(ref)).render({ el });
      el.append(".");
    }`),
    { children },
  );
  await text(await show(parent)).toBe("TAB.");
});

test.each([
  [
    "render",
    `async render({ el }) {
      el.append("old");
      await new Promise((resolve) => setTimeout(resolve, 300));
      el.append("late");
      globalThis.log = "ended";
    }`,
  ],
  [
    "clean-up",
    `render({ el }) {
      el.append("old");
      return async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        el.replaceChildren();
        globalThis.log = "ended";
      };
    }`,
  ],
])("a third module waits for the %s of the first module", async (_, hooks) => {
  const widget = openAnywidget(esm(hooks));
  const output = await show(widget);
  await text(output).toBe("old");
  widget.set({ _esm: esm(`render({ el }) { el.append("two"); }`) });
  await Promise.resolve();
  widget.set({ _esm: esm(`render({ el }) { el.append("three"); }`) });
  await log().toBe("ended");
  await text(output).toBe("three");
});

const INVOKING = `render({ el, experimental }) {
  el.append("x");
  el.onclick = async () => {
    globalThis.log = await experimental.invoke("e", "hi").then(([r]) => r, (error) => error.name);
  };
}`;

test("an answer does not wait behind an update that references a model that is never opened", async () => {
  const widget = openAnywidget(esm(INVOKING), { layout: null });
  answerCommands(widget);
  const output = await show(widget);
  await text(output).toBe("x");
  widget.set({ layout: "IPY_MODEL_none" });
  (output.firstElementChild as HTMLElement).click();
  await log().toBe("hi");
});

test("an answer does not wait for a new module that is slow to load", async () => {
  const widget = openAnywidget(esm(INVOKING));
  answerCommands(widget);
  const output = await show(widget);
  await text(output).toBe("x");
  (output.firstElementChild as HTMLElement).click();
  widget.set({ _esm: "await new Promise(() => {}); export default {}" });
  await log().toBe("hi");
});

test("messages to a module that never loads share one timeout", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const widget = openAnywidget("await new Promise(() => {}); export default {}", { n: 0 });
  const model = await client.widgets.get_model(widget.model_id);
  for (const n of [1, 2, 3]) {
    widget.set({ n });
    await vi.advanceTimersByTimeAsync(1);
  }
  let seconds = 0;
  const numberLater = async () => {
    seconds += 1;
    await vi.advanceTimersByTimeAsync(1_000);
    return model.get("n");
  };
  await expect.poll(numberLater).toBe(3);
  // Each timeout is 10 s.
  expect(seconds).toBeLessThan(20);
});

const awaitingMessage = ({ DOMWidgetView }: Base) =>
  class extends DOMWidgetView {
    override async render(): Promise<void> {
      await new Promise((resolve) => this.model.on("msg:custom", resolve));
      this.el.textContent = "done";
    }
  };

test("a classic render receives a custom message behind an update, sent before or after the render starts", async () => {
  const widget = openClassic(awaitingMessage);
  const early = await show(widget);
  widget.set({ n: 1 });
  widget.send("go");
  await text(early).toBe("done");
});

test("a classic render receives a custom message behind an update, both sent during the render", async () => {
  const widget = openClassic(awaitingMessage);
  const output = await show(widget);
  const model = await client.widgets.get_model(widget.model_id);
  const events = model as unknown as { _events?: Record<string, unknown[]> };
  await expect.poll(() => events._events?.["msg:custom"]?.length).toBe(2);
  widget.set({ n: 1 });
  widget.send("go");
  await text(output).toBe("done");
  await expect.poll(() => model.get("n")).toBe(1);
});

test("the manager returns the same model each time, and the model supports once() and off()", async () => {
  const other = openAnywidget("export default {}", { n: 0 });
  const widget = openAnywidget(
    esm(`async render({ model, el }) {
      globalThis.log = [];
      const { widget_manager } = model;
      const one = await widget_manager.get_model(model.get("other"));
      const same = await widget_manager.get_model(model.get("other"));
      const never = () => globalThis.log.push("never");
      one.once("change:n", never);
      one.off("change:n", never);
      one.once("change:n change:m", () => globalThis.log.push("once"));
      el.append(String(one === same));
    }`),
    { other: other.model_id },
  );
  await text(await show(widget)).toBe("true");
  other.set({ n: 1 });
  other.set({ n: 2 });
  const model = await client.widgets.get_model(other.model_id);
  await expect.poll(() => model.get("n")).toBe(2);
  expect(globals.log).toEqual(["once"]);
});

test("a view's clean-up runs before the clean-up that initialize() returned", async () => {
  const widget = openAnywidget(
    esm(`initialize() { globalThis.log = []; return () => globalThis.log.push("initialize"); },
    render({ el }) { el.append("x"); return () => globalThis.log.push("render"); }`),
  );
  const output = await show(widget);
  await text(output).toBe("x");
  widget.set({ _esm: esm(`render({ el }) { el.append("y"); }`) });
  await text(output).toBe("y");
  expect(globals.log).toEqual(["render", "initialize"]);
});

test.each(["initialize", "render"])(
  "any value that %s() throws is shown, and reported once",
  async (hook) => {
    for (const thrown of [
      `"text"`,
      "undefined",
      "null",
      "({})",
      "Symbol()",
      "Object.create(null)",
    ]) {
      const output = await show(openAnywidget(esm(`async ${hook}() { throw ${thrown}; }`)));
      await text(output).toContain("cannot be shown");
      expect(takeErrors()).toHaveLength(1);
    }
  },
);

test("getters, frozen objects, promises and named exports are supported definitions", async () => {
  for (const module of [
    `const f = ({ el }) => el.append("ok"); export default { get render() { return f; } }`,
    `export default Object.freeze({ render({ el }) { el.append("ok"); } })`,
    `export default Object.assign(Object.create(null), { render({ el }) { el.append("ok"); } })`,
    `export default Promise.resolve({ render({ el }) { el.append("ok"); } })`,
    `let word; export function initialize() { word = "ok"; } export function render({ el }) { el.append(word); }`,
  ]) {
    await text(await show(openAnywidget(module))).toBe("ok");
  }
  expect(takeErrors()).toEqual([]);
});

test("a repaired module draws both of its views after each failure", async () => {
  const widget = openAnywidget("export default {");
  const outputs = [await show(widget), await show(widget)];
  for (const module of [
    esm(`render({ el }) { el.append("ok"); }`),
    "null.x",
    esm(`render({ el }) { el.append("ok again"); }`),
  ]) {
    for (const output of outputs) await text(output).toContain("cannot be shown");
    if (module !== "null.x") {
      widget.set({ _esm: module });
      for (const output of outputs) await text(output).toMatch(/^ok/);
      widget.set({ _esm: "null.x" });
    }
  }
});

test("a command from a clean-up is answered, and commands carry buffers in both directions", async () => {
  const widget = openAnywidget(
    esm(`async render({ el, experimental }) {
      const bytes = new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2);
      const [reply, [view]] = await experimental.invoke("e", { x: 1 }, { buffers: [bytes] });
      el.append(JSON.stringify(reply), view.byteLength, view.getUint8(0));
      return async () => { [globalThis.log] = await experimental.invoke("e", "cleaned up"); };
    }`),
  );
  answerCommands(widget);
  const output = await show(widget);
  await text(output).toBe('{"x":1}22');
  session.output(output.id, null);
  await log().toBe("cleaned up");
});

test("a message behind a new module reaches only the new module", async () => {
  const widget = openAnywidget(
    esm(`initialize({ model }) {
      globalThis.log = [];
      model.on("msg:custom", (content) => globalThis.log.push("old " + content));
    }`),
  );
  widget.send(1);
  await log().toEqual(["old 1"]);
  widget.set({
    _esm: esm(`async initialize({ model }) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      model.on("msg:custom", (content) => globalThis.log.push("new " + content));
    }`),
  });
  await Promise.resolve();
  widget.send(2);
  await log().toEqual(["old 1", "new 2"]);
});

test("a failed child's error reaches its parent, and a repaired child is drawn", async () => {
  const broken = openAnywidget(esm(`render() { throw new Error("broken"); }`));
  const parent = openAnywidget(
    esm(`async render({ el, model, host }) {
      const widget = await host.getWidget(model.get("child"));
      const place = document.createElement("i");
      el.append(place);
      await widget.render({ el: place }).catch((error) => el.append(error.message));
    }`),
    { child: `anywidget:${broken.model_id}` },
  );
  const output = await show(parent);
  await text(output).toBe("broken");
  broken.set({ _esm: esm(`render({ el }) { el.append("repaired "); }`) });
  await text(output).toBe("repaired broken");
});
