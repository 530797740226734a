/** Outputs and their views: the focus over a re-render, sizes, printing, and single widget packages. */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import type { Message } from "@lumino/messaging";
import { describe, expect, test } from "vitest";
import { registerWidgetModule } from "../../src/index.js";
import {
  anywidgetState,
  classicState,
  type JsonObject,
  type ServerWidget,
} from "../../src/testing/index.js";
import {
  addOutput,
  find,
  openAnywidget,
  openControl,
  session,
  shiny,
  show,
  takeErrors,
} from "./page.js";

function openClassic(View: unknown, traits: JsonObject = {}, view = "View"): ServerWidget {
  const module = `package-${crypto.randomUUID()}`;
  registerWidgetModule(module, "1.0.0", () => ({ Model: DOMWidgetModel, [view]: View }) as object);
  return session.open(classicState({ module, version: "1.0.0", model: "Model", view }, traits));
}

describe("the focus", () => {
  const text = (value: string) => openControl("Text", { value, continuous_update: true });

  test("the focus moves to the counterpart after a re-render, with the selection", async () => {
    const output = await show(text("before"));
    const before = await find<HTMLInputElement>(output, "input");
    before.focus();
    before.setSelectionRange(1, 3);
    session.output(output.id, text("after it"));
    await expect.poll(() => output.querySelector("input")?.value).toBe("after it");
    const after = output.querySelector("input") as HTMLInputElement;
    await expect.poll(() => document.activeElement).toBe(after);
    expect([after.selectionStart, after.selectionEnd]).toEqual([1, 3]);
  });

  test("the focus waits for a view that draws later", async () => {
    const esm = `export default { async render({ model, el }) {
      await new Promise((resolve) => setTimeout(resolve, model.get("ms")));
      el.innerHTML = "<button>" + model.get("ms") + "</button>";
    } }`;
    const output = await show(openAnywidget(esm, { ms: 0 }));
    (await find(output, "button")).focus();
    session.output(output.id, openAnywidget(esm, { ms: 200 }));
    await expect.poll(() => document.activeElement?.textContent).toBe("200");
  });

  test("the focus stays on an element that the user has chosen", async () => {
    const output = await show(text("before"));
    const other = document.createElement("input");
    document.body.append(other);
    (await find(output, "input")).focus();
    session.output(output.id, text("after"));
    other.focus();
    await expect.poll(() => output.querySelector("input")?.value).toBe("after");
    expect(document.activeElement).toBe(other);
  });

  test("the focus does not move to an element of another kind", async () => {
    const output = await show(text("before"));
    (await find(output, "input")).focus();
    session.output(output.id, openControl("Button", { description: "Button" }));
    await find(output, "button");
    expect(document.activeElement).toBe(document.body);
  });
});

describe("sizes", () => {
  test("a resize of an output reaches its view and the window", async () => {
    const messages: string[] = [];
    class View extends DOMWidgetView {
      override processLuminoMessage(message: Message): void {
        messages.push(message.type);
        super.processLuminoMessage(message);
      }
    }
    const output = await show(openClassic(View));
    await expect.poll(() => messages).toContain("resize");
    messages.length = 0;
    let events = 0;
    const onResize = (): void => {
      events += 1;
    };
    addEventListener("resize", onResize);
    output.style.width = "123px";
    await expect.poll(() => messages).toContain("resize");
    await expect.poll(() => events).toBeGreaterThan(0);
    removeEventListener("resize", onResize);
  });
});

describe("printing", () => {
  async function printed(print: (output: HTMLElement) => void): Promise<HTMLElement> {
    document.documentElement.dataset.bsTheme = "dark";
    const output = await addOutput();
    output.style.width = "500px";
    session.output(
      output.id,
      openAnywidget("export default { render({ el }) { el.innerHTML = '<canvas></canvas>'; } }"),
    );
    await find(output, "canvas");
    dispatchEvent(new Event("beforeprint"));
    print(output);
    dispatchEvent(new Event("afterprint"));
    delete document.documentElement.dataset.bsTheme;
    return output;
  }

  test("printing sets the light theme and the size of drawings, and restores both", async () => {
    const output = await printed((el) => {
      expect(el.dataset.bsTheme).toBe("light");
      expect(el.className).toContain("shiny-comm-paper");
      expect(el.style.getPropertyValue("--shiny-comm-width")).toBe("500px");
    });
    expect(output.dataset.bsTheme).toBeUndefined();
    expect(output.className).not.toContain("shiny-comm-paper");
    expect(output.style.getPropertyValue("--shiny-comm-width")).toBe("");
  });
});

describe("outputs", () => {
  test("an output that scripts remove while its widget loads is drawn when it is inserted again", async () => {
    const output = await addOutput();
    session.output(output.id, { model_id: "pending", fill: false });
    session.flush();
    await expect.poll(() => output.querySelectorAll(".shiny-comm-loading").length).toBe(1);
    output.remove();
    const esm = `export default { render({ el }) { el.textContent = "drawn"; } }`;
    session.open(anywidgetState({ esm }), { model_id: "pending" });
    await shiny.idle();
    await new Promise((resolve) => setTimeout(resolve, 200));
    document.body.append(output);
    await expect.poll(() => output.textContent).toBe("drawn");
  });

  test("an output that scripts remove and insert again is drawn again", async () => {
    const output = await show(openControl("Label", { value: "label" }));
    await expect.poll(() => output.textContent).toContain("label");
    output.remove();
    await expect.poll(() => output.textContent).toBe("");
    document.body.append(output);
    await expect.poll(() => output.textContent).toContain("label");
  });

  test("an output with a value that is not a widget shows an error", async () => {
    const output = await addOutput();
    session.output(output.id, { value: 3 } as never);
    await expect.poll(() => output.textContent).toContain("expected a widget, got");
    expect(takeErrors()).toHaveLength(1);
  });

  test("an output of a closed widget is empty", async () => {
    const label = openControl("Label", { value: "label" });
    const output = await show(label);
    await expect.poll(() => output.textContent).toContain("label");
    label.close();
    await expect.poll(() => output.textContent).toBe("");
  });
});

describe("single packages", () => {
  test("a Leaflet map is removed with its view", async () => {
    const calls: string[] = [];
    class LeafletMapView extends DOMWidgetView {
      readonly obj = {
        off: (events: string) => calls.push(`off ${events}`),
        remove: () => calls.push("remove"),
      };
    }
    const widget = openClassic(LeafletMapView, {}, "LeafletMapView");
    const output = await show(widget);
    await expect.poll(() => output.children.length).toBe(1);
    session.output(output.id, null);
    await expect.poll(() => calls).toEqual(["off movestart moveend zoomend", "remove"]);
  });

  /** Returns the value of an output, as shinywidgets sends it. */
  const outputValue = (widget: ServerWidget, rest: JsonObject) =>
    ({ model_id: widget.model_id, fill: false, ...rest }) as never;

  test("a plotly figure is hidden until it has the height of its container", async () => {
    const widget = openAnywidget(`export default { render({ el }) {
      el.innerHTML = '<div class="js-plotly-plot" style="height: 80px"></div>';
      const draw = (height) => {
        globalThis.visibility ??= getComputedStyle(el).visibility;
        el.firstChild.innerHTML = '<svg class="main-svg" height="' + height + '"></svg>';
      };
      setTimeout(() => draw(40), 50);
      addEventListener("resize", () => draw(80), { once: true });
    } }`);
    const output = await addOutput();
    session.output(output.id, outputValue(widget, { widget_pkg: "plotly" }));
    await expect.poll(() => output.querySelector("svg")?.getAttribute("height")).toBe("80");
    await expect.poll(() => output.style.visibility).toBe("inherit");
    expect((globalThis as { visibility?: string }).visibility).toBe("hidden");
  });

  test("quak fills its output", async () => {
    const widget = openAnywidget(`export default { render({ el }) {
      const child = document.createElement("div");
      child.attachShadow({ mode: "open" }).innerHTML =
        '<div class="quak" style="max-height: 50px"></div>';
      el.append(child);
    } }`);
    const output = await addOutput();
    output.classList.add("html-fill-container");
    session.output(output.id, outputValue(widget, { fill: true }));
    const child = await find(output, ".html-fill-item");
    expect(child.shadowRoot?.querySelector<HTMLElement>(".quak")?.style.maxHeight).toBe("unset");
  });

  test("a chart of a fixed size is not clipped", async () => {
    const widget = openAnywidget(
      `export default { render({ el }) { el.classList.add("vega-embed"); } }`,
    );
    const output = await show(widget);
    await expect.poll(() => output.className).toContain("shiny-comm-oversized");
    session.output(output.id, openControl("Label", { value: "label" }));
    await expect.poll(() => output.className).not.toContain("shiny-comm-oversized");
  });
});
