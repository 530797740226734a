/** The patches of Jupyter's packages that no other file of this ring tests. */
import { DOMWidgetModel, DOMWidgetView, type WidgetModel } from "@jupyter-widgets/base";
import { describe, expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { registerWidgetModule } from "../../src/index.js";
import { classicState, type JsonObject, type ServerWidget } from "../../src/testing/index.js";
import { watch } from "./gestures.js";
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

/** Opens a widget with the model class of base and a view class of the test. */
function openPlain(traits: JsonObject = {}, View: unknown = DOMWidgetView): ServerWidget {
  const module = `package-${crypto.randomUUID()}`;
  registerWidgetModule(module, "1.0.0", () => ({ Model: DOMWidgetModel, View }) as object);
  return session.open(
    classicState({ module, version: "1.0.0", model: "Model", view: "View" }, traits),
  );
}

const modelOf = (widget: ServerWidget): Promise<WidgetModel> =>
  client.widgets.get_model(widget.model_id);

const bytes = (value: unknown): number[] => {
  const { buffer, byteOffset, byteLength } = value as DataView<ArrayBuffer>;
  return [...new Uint8Array(buffer, byteOffset, byteLength)];
};

describe("a model", () => {
  test("a model sends only the part of a buffer that a typed array covers, at any depth", async () => {
    const widget = openAnywidget("export default {}", { value: null });
    const model = await modelOf(widget);
    const part = new Uint8Array([1, 2, 3, 4]).subarray(2);
    const whole = new Uint8Array([5]);
    model.set("value", { list: [part, 7], whole });
    model.save_changes();
    const { value } = await widget.until((state) => state.value !== null);
    const { list, whole: sent } = value as { list: unknown[]; whole: unknown };
    expect(bytes(list[0])).toEqual([3, 4]);
    expect(list[1]).toBe(7);
    expect(bytes(sent)).toEqual([5]);
  });

  test("a model sends pending changes before a custom message", async () => {
    const widget = openPlain({ n: 0 });
    const sent = watch(widget);
    const model = await modelOf(widget);
    for (const n of [1, 2]) {
      model.set("n", n);
      model.save_changes();
    }
    model.send("message", undefined);
    model.set("n", 3);
    model.save_changes();
    await widget.until((state) => state.n === 3);
    expect(sent.map((update) => update.custom ?? update.n)).toEqual([1, 2, "message", 3]);
  });

  test("a model applies an update after a failed update, which is reported once", async () => {
    const widget = openPlain({ n: 0 });
    const model = await modelOf(widget);
    model.once("change:n", () => {
      throw new Error("only once");
    });
    widget.set({ n: 1 });
    widget.set({ n: 2 });
    await expect.poll(() => model.get("n")).toBe(2);
    expect(takeErrors()).toEqual([expect.stringContaining("only once")]);
  });

  test("a model keeps a change that is newer than an echo", async () => {
    const widget = openPlain({ n: 0, other: 0 });
    const model = await modelOf(widget);
    const values: unknown[] = [];
    model.on("change:n", () => values.push(model.get("n")));
    model.set("n", 1);
    model.save_changes();
    model.set("n", 2);
    await widget.until((state) => state.n === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    model.save_changes();
    await widget.until((state) => state.n === 2);
    expect(values).toEqual([1, 2]);
  });

  test("a model forgets an unsaved change of a trait that the server sets", async () => {
    const widget = openPlain({ n: 0, other: 0 });
    const model = await modelOf(widget);
    model.set("n", 1);
    widget.set({ n: 2 });
    await expect.poll(() => model.get("n")).toBe(2);
    model.set("other", 1);
    model.save_changes();
    await widget.until((state) => state.other === 1);
    expect(widget.get("n")).toBe(2);
  });

  test("a model has the attributes of its state, and reports later changes", async () => {
    const model = await modelOf(openPlain({ n: 1, list: [1] }));
    expect(model.get("list")).toEqual([1]);
    const changes: unknown[] = [];
    model.on("change", () => changes.push(model.changedAttributes()));
    model.set({ n: 1, list: [1, 2] });
    expect(changes).toEqual([{ list: [1, 2] }]);
    model.set("n", 2, { silent: true });
    expect(changes).toHaveLength(1);
  });

  test("a model that the server closes has no comm while its views are removed", async () => {
    const comms: unknown[] = [];
    class View extends DOMWidgetView {
      override remove(): unknown {
        comms.push(this.model.comm);
        this.model.save_changes();
        return super.remove();
      }
    }
    const widget = openPlain({ _view_count: 0 }, View);
    await show(widget);
    await widget.until((state) => state._view_count === 1);
    widget.close();
    await expect.poll(() => comms.length).toBeGreaterThan(0);
    expect(new Set(comms)).toEqual(new Set([undefined]));
    expect(takeErrors()).toEqual([]);
  });

  test("a model keeps no listener of a removed view", async () => {
    const widget = openPlain({ _view_count: 0 });
    const output = await show(widget);
    const model = await modelOf(widget);
    await widget.until((state) => state._view_count === 1);
    const listeners = () => (model as unknown as Events)._events["msg:custom"]?.length ?? 0;
    expect(listeners()).toBe(1);
    session.output(output.id, null);
    await widget.until((state) => state._view_count === 0);
    expect(listeners()).toBe(0);
  });
});

interface Events {
  readonly _events: Record<string, unknown[] | undefined>;
}

describe("children and classes that are not lists", () => {
  test("children that are not a list leave the previous children, until a list arrives", async () => {
    const label = openControl("Label", { value: "child" });
    const box = openControl("VBox", { children: [label.reference] });
    const output = await show(box);
    await expect.poll(() => output.textContent).toContain("child");
    box.set({ children: null });
    await expect.poll(() => takeErrors().join()).toContain("the children are null, not a list");
    box.set({ children: [label.reference] });
    await expect.poll(() => output.textContent).toContain("child");
  });

  test("classes that are not a list leave the previous classes, until a list arrives", async () => {
    const widget = openPlain({ _dom_classes: ["one two"] });
    const output = await show(widget);
    await find(output, ".one.two");
    widget.set({ _dom_classes: 3 });
    await expect.poll(() => takeErrors().join()).toContain("the classes are 3, not a list");
    widget.set({ _dom_classes: ["three"] });
    await find(output, ".three");
    expect(takeErrors()).toEqual([]);
  });
});

test("a layout that changes one trait changes one property", async () => {
  const layout = session.open(
    classicState(
      {
        module: "@jupyter-widgets/base",
        version: "2.0.0",
        model: "LayoutModel",
        view: "LayoutView",
      },
      { width: "100px", height: "20px" },
    ),
  );
  const output = await show(openControl("Label", { value: "a", layout: layout.reference }));
  const label = await find(output, ".widget-label");
  expect([label.style.width, label.style.height]).toEqual(["100px", "20px"]);
  layout.set({ width: "50px", height: null });
  await expect.poll(() => label.style.width).toBe("50px");
  expect(label.style.height).toBe("");
});

describe("tooltips", () => {
  test.each([
    ["text", "text"],
    [null, null],
    [true, null],
  ])(
    "a model without a description, with the tooltip %j, has the title %j",
    async (tooltip, title) => {
      const output = await show(openPlain({ tooltip }));
      await expect.poll(() => output.firstElementChild?.getAttribute("title")).toBe(title);
      expect(takeErrors()).toEqual([]);
    },
  );

  test("a FileUpload without a tooltip has no title", async () => {
    const upload = openControl("FileUpload", { tooltip: null, description: "Upload", value: [] });
    const button = await find(await show(upload), "button");
    expect(button.hasAttribute("title")).toBe(false);
  });

  test("the label of a control without a tooltip has no title", async () => {
    for (const name of ["RadioButtons", "ToggleButtons", "IntSlider", "Text"]) {
      const control = openControl(name, { tooltip: null, description: "Name" });
      const label = await find(await show(control), ".widget-label");
      expect.soft(label.title, name).toBe("");
      const model = await modelOf(control);
      model.set("tooltip", "A tooltip");
      model.set("tooltip", null);
      expect.soft(label.title, name).toBe("");
    }
  });
});

test("a view whose element left the page with its parent is disposed", async () => {
  const box = openControl("VBox", { children: [openControl("Label", { value: "a" }).reference] });
  const output = await addOutput();
  const parent = document.createElement("div");
  output.replaceWith(parent);
  parent.append(output);
  session.output(output.id, box);
  await expect.poll(() => output.textContent).toContain("a");
  const model = await modelOf(box);
  parent.remove();
  await expect.poll(() => Object.keys(model.views ?? {})).toEqual([]);
  expect(takeErrors()).toEqual([]);
});

test("children are in the order of the list after any change", async () => {
  const labels = ["a", "b", "c", "d"].map((value) => openControl("Label", { value }).reference);
  const [a, b, c, d] = labels;
  const box = openControl("HBox", { children: [a, c] });
  const output = await show(box);
  await expect.poll(() => output.textContent).toBe("ac");
  for (const [children, text] of [
    [[a, b, c, d], "abcd"],
    [[d, a], "da"],
    [[b, d, a, c], "bdac"],
  ] as const) {
    box.set({ children: [...children] });
    await expect.poll(() => output.textContent).toBe(text);
  }
});

const SLIDER = { min: 0, max: 100, step: 1, value: 1, readout_format: "d", readout: true };

describe("the layout of sliders", () => {
  async function column(count: number): Promise<[ServerWidget[], HTMLElement]> {
    const sliders = Array.from({ length: count }, () =>
      openControl("IntSlider", { ...SLIDER, orientation: "horizontal", _dom_classes: [] }),
    );
    const box = openControl("VBox", { children: sliders.map(({ reference }) => reference) });
    const output = await show(box);
    await expect.poll(() => output.querySelectorAll(".widget-hslider").length).toBe(count);
    return [sliders, output];
  }
  const waiting = (output: Element) => output.querySelectorAll(".shiny-comm-waiting");

  test("sliders of a long column are laid out when they are visible or change", async () => {
    const [sliders, output] = await column(120);
    await expect.poll(() => waiting(output).length).toBeGreaterThan(20);
    const last = output.querySelectorAll<HTMLElement>(".widget-hslider")[119];
    expect(last?.className).toContain("shiny-comm-waiting");
    sliders[119]?.set({ max: 50 });
    await expect.poll(() => last?.className).not.toContain("shiny-comm-waiting");
    const before = waiting(output).length;
    output.querySelectorAll(".widget-hslider")[118]?.scrollIntoView();
    await expect.poll(() => waiting(output).length).toBeLessThan(before);
  });

  test("sliders of a short column are laid out immediately", async () => {
    const [, output] = await column(10);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    expect(waiting(output)).toHaveLength(0);
  });

  test("a slider marks a readout that overflows", async () => {
    const slider = openControl("IntSlider", {
      ...SLIDER,
      max: 1e15,
      readout_format: ".9f",
    });
    const readout = await find(await show(slider), ".widget-readout");
    expect(readout.classList).not.toContain("overflow");
    slider.set({ value: 1e14 });
    await expect.poll(() => readout.className).toContain("overflow");
  });
});

describe("accessible names", () => {
  test("the description of a slider names its handle", async () => {
    const slider = openControl("IntSlider", { ...SLIDER, description: "Width" });
    const output = await show(slider);
    const handle = await find(output, ".noUi-handle");
    await expect.poll(() => handle.getAttribute("aria-labelledby")).toBeTruthy();
    const label = output.querySelector(`[id="${handle.getAttribute("aria-labelledby")}"]`);
    expect(label?.textContent).toBe("Width");
  });

  test("the buttons of Play have accessible names", async () => {
    const play = openControl("Play", { min: 0, max: 9, step: 1, value: 0, repeat: false });
    const output = await show(play);
    await find(output, "[aria-label=Play]");
    const names = [...output.querySelectorAll("button")].map((button) =>
      button.getAttribute("aria-label"),
    );
    expect(names).toEqual(["Play", "Stop", "Repeat"]);
    play.set({ repeat: true });
    await find(output, "[aria-label=Repeat][aria-pressed=true]");
  });
});

test("the readout of a SelectionSlider cannot be edited", async () => {
  const slider = openControl("SelectionSlider", {
    _options_labels: ["a", "b"],
    index: 1,
    readout: true,
    orientation: "horizontal",
  });
  const readout = await find(await show(slider), ".widget-readout");
  expect(readout.contentEditable).toBe("false");
  expect(readout.textContent).toBe("b");
});

test("the keyboard reaches the field of a tags input", async () => {
  const tags = openControl("TagsInput", {
    value: ["a"],
    placeholder: "",
    allowed_tags: [],
    allow_duplicates: true,
    tag_style: "",
  });
  const output = await show(tags);
  const control = await find(output, ".jupyter-widget-tagsinput");
  expect(control.tabIndex).toBe(0);
  control.focus();
  await userEvent.keyboard("b{Enter}");
  await tags.until((state) => (state.value as unknown[]).length === 2);
  expect(tags.get("value")).toEqual(["a", "b"]);
  expect(control.tabIndex).toBe(-1);
});
