/** Early messages: a custom message waits for a listener, and no other message waits behind it. */
import type { DOMWidgetModel as DOMWidgetModelType } from "@jupyter-widgets/base";
import { expect, test } from "vitest";
import { registerWidgetModule } from "../../src/index.js";
import { classicState, type ServerWidget } from "../../src/testing/index.js";
import {
  addOutput,
  client,
  find,
  openAnywidget,
  openControl,
  session,
  show,
  takeErrors,
} from "./page.js";

/** Answers commands as `anywidget.experimental.command` does. */
function answerCommands(widget: ServerWidget): void {
  widget.onMessage((content) => {
    const { id, kind, msg } = content as { id: string; kind: string; msg: unknown };
    if (kind === "anywidget-command") {
      widget.send({ id, kind: "anywidget-command-response", response: msg });
    }
  });
}

/** The body of a hook that invokes a command and shows the answer. */
const ECHO = `const [reply] = await experimental.invoke("_echo", "hi"); el.textContent = reply;`;

test("render() awaits the answer to a command", async () => {
  const widget = openAnywidget(`export default { async render({ el, experimental }) { ${ECHO} } }`);
  answerCommands(widget);
  const output = await show(widget);
  await expect.poll(() => output.textContent).toBe("hi");
  expect(takeErrors()).toEqual([]);
});

test("initialize() awaits the answer to a command", async () => {
  const widget = openAnywidget(`let reply;
    export default {
      async initialize({ experimental }) { [reply] = await experimental.invoke("_echo", "hi"); },
      render({ el }) { el.textContent = reply; },
    }`);
  answerCommands(widget);
  const output = await show(widget);
  await expect.poll(() => output.textContent).toBe("hi");
});

test("a custom message without a listener does not delay the answer to a command", async () => {
  const widget = openAnywidget(`export default {
    async render({ model, el, experimental }) {
      const [reply] = await experimental.invoke("_echo", "hi");
      model.on("msg:custom", (content) => { el.textContent = reply + " " + content; });
    },
  }`);
  answerCommands(widget);
  const output = await show(widget);
  widget.send("early");
  await expect.poll(() => output.textContent).toBe("hi early");
});

test("a click awaits an answer while another view of the model is drawn", async () => {
  const widget = openAnywidget(`let views = 0;
    export default {
      async render({ el, experimental }) {
        views += 1;
        if (views === 2) await new Promise(() => {});
        el.textContent = "click";
        el.onclick = async () => { ${ECHO} };
      },
    }`);
  answerCommands(widget);
  const first = await show(widget);
  await expect.poll(() => first.textContent).toBe("click");
  await show(widget);
  (first.firstElementChild as HTMLElement).click();
  await expect.poll(() => first.textContent).toBe("hi");
});

test("a child awaits an answer while its parent's render awaits the child", async () => {
  const child = openAnywidget(`export default { async render({ el, experimental }) { ${ECHO} } }`);
  answerCommands(child);
  const parent = openAnywidget(
    `export default { async render({ model, el, host }) {
      const widget = await host.getWidget(model.get("child"));
      await widget.render({ el });
      el.append(" in its parent");
    } }`,
    { child: `anywidget:${child.model_id}` },
  );
  const output = await show(parent);
  await expect.poll(() => output.textContent).toBe("hi in its parent");
});

for (const hook of ["initialize", "render"]) {
  test(`${hook}() awaits a trait that the server sets behind a custom message`, async () => {
    const widget = openAnywidget(
      `export default {
        async ${hook}({ model }) {
          if (!model.get("ready")) {
            await new Promise((resolve) => model.on("change:ready", resolve));
          }
          globalThis.readyIn = "${hook}";
        },
      }`,
      { ready: false },
    );
    await show(widget);
    widget.send("no listener");
    widget.set({ ready: true });
    await expect.poll(() => (globalThis as { readyIn?: string }).readyIn).toBe(hook);
  });
}

test("updates and the close arrive during a render() that never ends", async () => {
  const widget = openAnywidget(
    `export default { async render({ model, el, signal }) {
      globalThis.ended = false;
      signal.addEventListener("abort", () => { globalThis.ended = true; });
      model.on("change:n", () => { el.textContent = model.get("n"); });
      el.textContent = model.get("n");
      await new Promise(() => {});
    } }`,
    { n: 1 },
  );
  const output = await show(widget);
  await expect.poll(() => output.textContent).toBe("1");
  widget.send("no listener");
  widget.set({ n: 2 });
  await expect.poll(() => output.textContent).toBe("2");
  widget.close();
  await expect.poll(() => (globalThis as { ended?: boolean }).ended).toBe(true);
  expect(client.widgets.modelIds()).toEqual([]);
});

test("listeners in each form of Backbone's on() receive a custom message", async () => {
  for (const listen of [
    `model.on("msg:custom", f)`,
    `model.on({ "msg:custom": f })`,
    `model.on("change:n msg:custom", f)`,
    `model.on("all", (name, content) => name === "msg:custom" && f(content))`,
  ]) {
    const widget = openAnywidget(`export default { async render({ model, el }) {
      const f = (content) => { el.textContent = content; };
      await new Promise((resolve) => setTimeout(resolve));
      ${listen};
    } }`);
    const output = await show(widget);
    widget.send(listen);
    await expect.poll(() => output.textContent).toBe(listen);
  }
});

test("a listener of another widget receives the messages that arrived before it", async () => {
  const widget = openAnywidget("export default { render() {} }");
  widget.send("early");
  const other = openAnywidget(
    `export default { async render({ model, el, host }) {
      const other = await host.getModel(model.get("other"));
      other.on("msg:custom", (content) => { el.textContent = content; });
    } }`,
    { other: `anywidget:${widget.model_id}` },
  );
  const output = await show(other);
  await expect.poll(() => output.textContent).toBe("early");
});

test("early custom messages keep their order, ahead of later custom messages", async () => {
  const widget = openAnywidget(`export default { async render({ model, el }) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    model.on("msg:custom", (content) => { el.append(content + " "); });
    el.classList.add("listens");
  } }`);
  const output = await show(widget);
  for (const n of [1, 2, 3]) widget.send(n);
  await find(output, ".listens");
  for (const n of [4, 5]) widget.send(n);
  await expect.poll(() => output.textContent).toBe("1 2 3 4 5 ");
});

test("messages that have a listener keep their order with updates", async () => {
  const widget = openAnywidget(
    `export default { initialize({ model }) {
      const log = (globalThis.log = []);
      model.on("change:n", () => log.push("n=" + model.get("n")));
      model.on("msg:custom", (content) => log.push(content));
    } }`,
    { n: 0 },
  );
  const expected: string[] = [];
  for (let n = 1; n <= 5; n++) {
    widget.send(`m${n}`);
    widget.set({ n });
    expected.push(`m${n}`, `n=${n}`);
  }
  await expect.poll(() => (globalThis as { log?: string[] }).log).toEqual(expected);
});

test("a message without a listener does not delay its model while an output waits for another model", async () => {
  const place = await addOutput();
  session.output(place.id, { model_id: "0".repeat(32), fill: false });
  const slider = openControl("IntSlider", { value: 1 });
  slider.send("no listener");
  slider.set({ value: 2 });
  const before = performance.now();
  const model = await client.widgets.get_model(slider.model_id);
  await expect.poll(() => model.get("value")).toBe(2);
  expect(performance.now() - before).toBeLessThan(9_000);
  slider.close();
  await expect.poll(() => client.widgets.has_model(slider.model_id)).toBe(false);
});

test("updates and messages before initialize() reach its listeners, in order", async () => {
  const widget = openAnywidget(
    `await new Promise((resolve) => setTimeout(resolve, 50));
    export default { initialize({ model }) {
      const log = (globalThis.early = []);
      model.on("change:n", () => log.push(model.get("n")));
      model.on("msg:custom", (content) => log.push(content));
    } }`,
    { n: 0 },
  );
  widget.set({ n: 1 });
  widget.send("between");
  await Promise.resolve();
  widget.set({ n: 2 });
  await expect.poll(() => (globalThis as { early?: unknown[] }).early).toEqual([1, "between", 2]);
});

test("a model is closed although its module never loads", async () => {
  const widget = openAnywidget("await new Promise(() => {}); export default {}", { n: 0 });
  await expect.poll(() => client.widgets.has_model(widget.model_id)).toBe(true);
  await client.widgets.get_model(widget.model_id);
  widget.set({ n: 1 });
  widget.send("no listener");
  widget.close();
  await expect.poll(() => client.widgets.has_model(widget.model_id)).toBe(false);
});

test("custom messages beyond 1,000 that wait for a listener are dropped, with one error", async () => {
  const widget = openAnywidget("export default { initialize() {} }", { n: 0 });
  for (let n = 0; n < 1_003; n++) widget.send(n);
  widget.set({ n: 1 });
  const model = await client.widgets.get_model(widget.model_id);
  await expect.poll(() => model.get("n")).toBe(1);
  const errors = takeErrors();
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain(widget.model_id);
  const received: unknown[] = [];
  model.on("msg:custom", (content: unknown) => void received.push(content));
  await expect.poll(() => received.length).toBe(1_000);
  expect(received.at(-1)).toBe(999);
});

test.each(["Text", "Button"])("focus and blur reach the view of a %s", async (name) => {
  const text = openControl(name);
  const output = await show(text);
  await find(output, "input, button");
  text.send({ do: "focus" });
  await expect.poll(() => output.contains(document.activeElement)).toBe(true);
  text.send({ do: "blur" });
  await expect.poll(() => output.contains(document.activeElement)).toBe(false);
});

test("a model class that overrides _handle_comm_msg() receives custom messages without a listener", async () => {
  const undo = registerWidgetModule("handles-itself", "1.0.0", async ({ load }) => {
    const { DOMWidgetModel, DOMWidgetView } =
      await load<typeof import("@jupyter-widgets/base")>("@jupyter-widgets/base");
    class Model extends DOMWidgetModel {
      override _handle_comm_msg(message: Parameters<DOMWidgetModelType["_handle_comm_msg"]>[0]) {
        const { content } = message.content.data as { content?: unknown };
        if (content !== undefined) this.set("seen", content);
        return super._handle_comm_msg(message);
      }
    }
    return { Model, View: DOMWidgetView };
  });
  const widget = session.open(
    classicState({ module: "handles-itself", version: "1.0.0", model: "Model", view: "View" }),
  );
  widget.send("by itself");
  const model = await client.widgets.get_model(widget.model_id);
  await expect.poll(() => model.get("seen")).toBe("by itself");
  undo();
});

test.each([1, 0])(
  "a new module replaces a module that never loads, after %i updates",
  async (n) => {
    const widget = openAnywidget("await new Promise(() => {}); export default {}", { n: 0 });
    const output = await show(widget);
    await client.widgets.get_model(widget.model_id);
    widget.set({ n });
    await Promise.resolve();
    widget.set({
      _esm: `export default { render({ model, el }) { el.textContent = "n=" + model.get("n"); } }`,
    });
    await expect.poll(() => output.textContent).toBe(`n=${n}`);
  },
);
