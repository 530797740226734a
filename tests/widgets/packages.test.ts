/** Unexpected features of widget packages: traits named style or layout, old methods, another copy of base, closed children. */
import { DOMWidgetModel, DOMWidgetView, unpack_models, WidgetView } from "@jupyter-widgets/base";
import { Widget } from "@lumino/widgets";
import { afterEach, describe, expect, test } from "vitest";
import { registerWidgetModule } from "../../src/index.js";
import {
  amdDependency,
  classicState,
  type JsonObject,
  type ServerWidget,
} from "../../src/testing/index.js";
import { client, find, openAnywidget, openControl, session, show, takeErrors } from "./page.js";

const uncaught: unknown[] = [];
addEventListener("unhandledrejection", ({ reason }) => uncaught.push(reason));
// Lumino logs the errors of its listeners.
console.error = (...logged: unknown[]) => uncaught.push(...logged);

afterEach(() => {
  expect(takeErrors()).toEqual([]);
  expect(uncaught.splice(0)).toEqual([]);
});

/** Opens a widget of a package with this view class. */
function openClassic(View: unknown, traits: JsonObject = {}): ServerWidget {
  const module = `package-${crypto.randomUUID()}`;
  registerWidgetModule(module, "1.0.0", () => ({ Model: DOMWidgetModel, View }) as object);
  return session.open(
    classicState({ module, version: "1.0.0", model: "Model", view: "View" }, traits),
  );
}

function openLayout(traits: JsonObject = {}): ServerWidget {
  const module = "@jupyter-widgets/base";
  return session.open(
    classicState({ module, version: "2.0.0", model: "LayoutModel", view: "LayoutView" }, traits),
  );
}

describe("a trait named style or layout whose value is not a model", () => {
  const values = ["dark", "", 7, 0, true, false, null, [1, "a"], { a: { b: 1 } }];

  test.each(values)(
    "a trait named style or layout reaches an anywidget and the server: %j",
    async (value) => {
      const widget = openAnywidget(
        `export default { render({ model, el }) {
        const show = () => {
          el.textContent = JSON.stringify([model.get("style"), model.get("layout")]);
        };
        show();
        model.on("change:style change:layout", show);
        el.onclick = () => { model.set({ style: "clicked", layout: [1] }); model.save_changes(); };
      } }`,
        { style: value, layout: value } as JsonObject,
      );
      const output = await show(widget);
      await expect.poll(() => output.textContent).toBe(JSON.stringify([value, value]));
      widget.set({ style: "a" });
      widget.set({ style: ["b"], layout: { c: 1 } });
      await expect.poll(() => output.textContent).toBe('[["b"],{"c":1}]');
      (output.firstElementChild as HTMLElement).click();
      await widget.until(({ style }) => style === "clicked");
      expect(widget.get("layout")).toEqual([1]);
    },
  );

  test.each(values)(
    "a classic widget with a style and a layout that are not models is drawn: %j",
    async (value) => {
      class View extends DOMWidgetView {
        override render(): void {
          this.el.textContent = "drawn";
        }
      }
      const output = await show(openClassic(View, { style: value, layout: value } as JsonObject));
      await expect.poll(() => output.textContent).toBe("drawn");
    },
  );

  test("a layout model replaces a layout that is not a model", async () => {
    const slider = openControl("IntSlider", { layout: "wide" });
    const output = await show(slider);
    const el = await find(output, ".widget-slider");
    slider.set({ layout: openLayout({ width: "123px" }).reference });
    await expect.poll(() => el.style.width).toBe("123px");
    slider.set({ layout: "wide" });
    slider.set({ layout: openLayout({ width: "77px" }).reference });
    await expect.poll(() => el.style.width).toBe("77px");
  });
});

/** Shows a widget from an AMD module. @param source its text */
async function showAmd(source: string): Promise<HTMLElement> {
  const module = `amd-${crypto.randomUUID()}`;
  const url = `data:text/javascript,${encodeURIComponent(source)}//`;
  const state = classicState({ module, version: "1.0.0", model: "Model", view: "View" });
  return show(session.open(state, { htmlDeps: [amdDependency(module, url)] }));
}

test("a class that is compiled to ES5 inherits from the classes of base", async () => {
  const output = await showAmd(`define(["@jupyter-widgets/base"], function (base) {
    function inherit(child, parent) {
      Object.setPrototypeOf(child, parent);
      child.prototype = Object.create(parent.prototype, { constructor: { value: child } });
      return child;
    }
    var Model = inherit(function Model() {
      var self = base.DOMWidgetModel.apply(this, arguments) || this;
      self.own = "own";
      return self;
    }, base.DOMWidgetModel);
    var Middle = inherit(function Middle() {
      return (base.DOMWidgetView.apply(this, arguments) || this);
    }, base.DOMWidgetView);
    var View = inherit(function View() { return Middle.apply(this, arguments) || this; }, Middle);
    View.prototype.render = function () {
      var right = this instanceof View && this instanceof base.DOMWidgetView;
      this.el.textContent = [this.model.own, right, this.model instanceof base.WidgetModel];
    };
    return { Model: Model, View: View };
  });`);
  await expect.poll(() => output.textContent).toBe("own,true,true");
});

test("a class made with Backbone's extend() inherits from the class of base", async () => {
  const output = await showAmd(`define(["@jupyter-widgets/base"], function (base) {
    return {
      Model: base.DOMWidgetModel.extend({
        defaults: function () { return Object.assign({}, base.DOMWidgetModel.prototype.defaults.call(this), { own: 1 }); },
      }),
      View: base.DOMWidgetView.extend({
        render: function () { this.el.textContent = "own " + this.model.get("own"); },
      }),
    };
  });`);
  await expect.poll(() => output.textContent).toBe("own 1");
});

test("a class made with Backbone's extend() calls its base class through __super__", async () => {
  const output = await showAmd(`define(["@jupyter-widgets/base"], function (base) {
    var View = base.DOMWidgetView.extend({
      constructor: function () {
        this.before = "before";
        return View.__super__.constructor.apply(this, arguments);
      },
      render: function () {
        View.__super__.render.apply(this, arguments);
        this.el.textContent = "own " + this.before;
      },
    });
    return { Model: base.DOMWidgetModel, View: View };
  });`);
  await expect.poll(() => output.textContent).toMatch(/^own/);
});

describe("Lumino's messages", () => {
  type Message = { type: string };
  /** Selects the messages of one type, because Lumino decides the order of different types. */
  const ofType = (received: string[], type: string) => received.filter((one) => one.endsWith(type));

  /** Shows a view, in a box or alone, and resizes its output. The view's class records messages. */
  async function recordMessages(View: unknown, received: string[], inBox: boolean): Promise<void> {
    const widget = openClassic(View);
    const shown = inBox ? openControl("VBox", { children: [widget.reference] }) : widget;
    const output = await show(shown);
    await expect.poll(() => ofType(received, "after-attach").length).toBeGreaterThan(0);
    const before = ofType(received, "resize").length;
    output.style.width = "222px";
    await expect.poll(() => ofType(received, "resize").length).toBeGreaterThan(before);
    // A duplicate message arrives within two frames.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }

  describe.each([true, false])("in a box: %s", (inBox) => {
    test("a view with only processPhosphorMessage() receives each message once", async () => {
      const received: string[] = [];
      class View extends DOMWidgetView {
        override processPhosphorMessage(message: Message): void {
          received.push(message.type);
          super.processPhosphorMessage(message as never);
        }
      }
      await recordMessages(View, received, inBox);
      expect(ofType(received, "after-attach")).toHaveLength(1);
    });

    test("a view with both message methods receives each message once", async () => {
      const received: string[] = [];
      class View extends DOMWidgetView {
        override processPhosphorMessage(message: Message): void {
          received.push(`old ${message.type}`);
          super.processPhosphorMessage(message as never);
        }
        override processLuminoMessage(message: Message): void {
          received.push(message.type);
          super.processLuminoMessage(message as never);
        }
      }
      await recordMessages(View, received, inBox);
      expect(ofType(received, "after-attach")).toEqual(["after-attach"]);
    });

    test("a view with only processLuminoMessage() receives each message once", async () => {
      const received: string[] = [];
      class View extends DOMWidgetView {
        override processLuminoMessage(message: Message): void {
          received.push(message.type);
          super.processLuminoMessage(message as never);
        }
      }
      await recordMessages(View, received, inBox);
      expect(ofType(received, "after-attach")).toEqual(["after-attach"]);
    });

    test("each class of a view receives each message once", async () => {
      const received: string[] = [];
      class Both extends DOMWidgetView {
        override processPhosphorMessage(message: Message): void {
          received.push(`both ${message.type}`);
          super.processPhosphorMessage(message as never);
        }
        override processLuminoMessage(message: Message): void {
          received.push(`both ${message.type}`);
          super.processLuminoMessage(message as never);
        }
      }
      class View extends Both {
        override processPhosphorMessage(message: Message): void {
          received.push(`own ${message.type}`);
          super.processPhosphorMessage(message as never);
        }
      }
      await recordMessages(View, received, inBox);
      expect(ofType(received, "after-attach")).toEqual(["own after-attach", "both after-attach"]);
    });
  });

  test("a view with processPhosphorMessage() resolves displayed when it is shown", async () => {
    let displayed = false;
    class View extends DOMWidgetView {
      override render(): void {
        void this.displayed.then(() => {
          displayed = true;
        });
      }
      override processPhosphorMessage(message: Message): void {
        super.processPhosphorMessage(message as never);
      }
    }
    await show(openClassic(View));
    await expect.poll(() => displayed).toBe(true);
  });
});

describe("a view of another copy of base", () => {
  /** Has its Lumino widget only under the old name, like the views of base 4 and older. */
  class View extends WidgetView {
    readonly pWidget = new Widget({ node: this.el });
    override render(): void {
      this.el.className = "foreign";
      this.el.textContent = "drawn";
    }
    override remove(): this {
      this.pWidget.dispose();
      return super.remove();
    }
  }

  test("a view of another copy of base is shown in an output, and removed with the output", async () => {
    const widget = openClassic(View);
    const output = await show(widget);
    await expect.poll(() => output.textContent).toBe("drawn");
    output.remove();
    await expect.poll(() => output.textContent).toBe("");
    const other = await show(widget);
    await expect.poll(() => other.textContent).toBe("drawn");
    widget.close();
    await expect.poll(() => other.querySelector(".foreign")).toBeNull();
  });

  test.each(["VBox", "Tab", "Accordion", "Stack"])(
    "a view of another copy of base is shown in a %s",
    async (name) => {
      const child = openClassic(View);
      const box = openControl(name, { children: [child.reference], selected_index: 0 });
      const output = await show(box);
      await find(output, ".foreign");
      box.set({ children: [], selected_index: null });
      await expect.poll(() => output.querySelector(".foreign")).toBeNull();
    },
  );
});

describe("a closed child", () => {
  test.each(["VBox", "HBox", "GridBox", "Tab", "Accordion", "Stack"])(
    "a closed child of a %s leaves its place empty, also when the container is shown again",
    async (name) => {
      const layouts = [0, 1].map(() => openLayout({ height: "300px" }));
      const [first, second] = layouts.map((layout, index) =>
        openControl("Label", { value: `label ${index}`, layout: layout.reference }),
      );
      if (!first || !second) throw new Error("no labels");
      const children = [first.reference, second.reference];
      const box = openControl(name, { children, selected_index: 1, titles: ["one", "two"] });
      const once = await show(box);
      await find(once, ".widget-label:not(.shiny-comm-failed)");
      first.close();
      layouts[0]?.close();
      const again = await show(openControl("VBox", { children: [box.reference, box.reference] }));
      await expect.poll(() => again.textContent?.match(/label 1/g)?.length).toBe(2);
      expect(again.textContent).not.toContain("label 0");
      expect(again.querySelector(".jupyter-widgets-disconnected")).toBeNull();
      second.close();
      await expect.poll(() => again.textContent).not.toContain("label 1");
      const last = await show(openControl("VBox", { children: [box.reference] }));
      await find(last, ".widget-container, .widget-tab, .lm-AccordionPanel, .jupyter-widgets");
      box.set({ children: [openControl("Label", { value: "new" }).reference], selected_index: 0 });
      await expect.poll(() => last.textContent).toContain("new");
    },
  );

  test("a closed layout still applies to the widgets that use it", async () => {
    const layout = openLayout({ width: "123px" });
    const slider = openControl("IntSlider", { layout: layout.reference });
    const box = openControl("VBox", { children: [slider.reference] });
    await find(await show(box), ".widget-slider");
    layout.close();
    const again = await find(await show(box), ".widget-slider");
    await expect.poll(() => again.style.width).toBe("123px");
    slider.set({ layout: openLayout({ width: "77px" }).reference });
    await expect.poll(() => again.style.width).toBe("77px");
  });

  test("a closed child of an anywidget leaves the element of its view empty", async () => {
    const child = openAnywidget(`export default { render({ el }) { el.textContent = "child"; } }`);
    const parent = openAnywidget(
      `export default { async render({ model, el }) {
        const child = await model.widget_manager.get_model(model.get("child").slice(10));
        globalThis.showChild = async () => {
          const view = await model.widget_manager.create_view(child);
          el.replaceChildren(view.el);
          return view.el.textContent;
        };
        el.textContent = "ready";
      } }`,
      { child: child.reference },
    );
    const output = await show(parent);
    await expect.poll(() => output.textContent).toBe("ready");
    child.close();
    const { showChild } = globalThis as unknown as { showChild(): Promise<string> };
    expect(await showChild()).toBe("");
  });

  test.each(["reference", "list", "object"])(
    "a widget is shown immediately if a model in a %s closes while its module loads",
    async (kind) => {
      class Model extends DOMWidgetModel {
        static override serializers = {
          ...DOMWidgetModel.serializers,
          part: { deserialize: unpack_models },
        };
      }
      let load = (_: object): void => {};
      const loaded = new Promise<object>((resolve) => {
        load = resolve;
      });
      const module = `slow-${kind}`;
      registerWidgetModule(module, "1.0.0", () => loaded);
      const child = openControl("Label");
      const layout = openLayout({ height: "300px" });
      const part = {
        reference: child.reference,
        list: [child.reference],
        object: { a: child.reference },
      }[kind];
      const state = classicState(
        { module, version: "1.0.0", model: "Model", view: "View" },
        { part },
      );
      const widget = session.open({ ...state, layout: layout.reference });
      const output = await show(widget);
      await client.widgets.get_model(child.model_id);
      child.close();
      layout.close();
      await expect.poll(() => client.widgets.has_model(layout.model_id)).toBe(false);
      class View extends DOMWidgetView {
        override render(): void {
          this.el.textContent = "shown";
        }
      }
      load({ Model, View });
      // Less than the wait for a model that the server may still open.
      await expect.poll(() => output.textContent).toBe("shown");
      expect(takeErrors()).toEqual([`The model ${child.model_id} has been closed.`]);
    },
  );
});
