/** The built client by itself: what it does with messages, whatever they are and whenever they come. */
import { expect, test } from "vitest";
import { openPage, useBrowser } from "./in-memory.js";

useBrowser();

/** What the page's own script defines; see in-memory.ts. */
interface InMemory {
  sent: [string, { content: { comm_id: string; data: Record<string, unknown> } }][];
  handlers: Record<string, (payload: unknown) => unknown>;
  send(kind: string, id: string, content: object, rest?: object): void;
  openAfm(id: string, esm: string, state?: object): void;
  show(id: string, el: string): void;
  [name: string]: unknown;
}

test("what comes before the client's chunks are there is kept, in order", async () => {
  const { page, errors, uncaught } = await openPage();
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    const esm = `export default { render({ model, el }) {
      const log = [];
      model.on("change:n", () => log.push("n=" + model.get("n")));
      model.on("msg:custom", (message) => { log.push(message); el.textContent = log.join(" "); });
    } }`;
    here.openAfm("m1", esm, { n: 0 });
    here.show("m1", "a");
    for (const n of [1, 2]) {
      here.send("msg", "m1", { data: { method: "custom", content: `before${n}` } });
      here.send("msg", "m1", { data: { method: "update", state: { n }, buffer_paths: [] } });
    }
    here.send("msg", "m1", { data: { method: "custom", content: "last" } });
  });
  await expect.poll(() => page.textContent("#a")).toBe("before1 n=1 before2 n=2 last");
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("an update that comes before an anywidget's module has been loaded is an event to its initialize", async () => {
  const { page, errors, uncaught } = await openPage();
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    // As plotly's figures have it: the trait is set, and cleared at once.
    const esm = `export default {
      initialize({ model }) {
        const seen = globalThis.seen = [];
        model.on("change:event", () => seen.push(model.get("event")));
      },
      render({ model, el }) {
        model.on("msg:custom", () => { el.textContent = JSON.stringify(globalThis.seen); });
      },
    }`;
    here.openAfm("m1", esm, { event: null });
    here.show("m1", "a");
    for (const event of ["one", null, "two"]) {
      here.send("msg", "m1", { data: { method: "update", state: { event }, buffer_paths: [] } });
    }
    here.send("msg", "m1", { data: { method: "custom", content: "show" } });
  });
  await expect.poll(() => page.textContent("#a")).toBe('["one",null,"two"]');
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("a script tag that stands before Shiny's connects when Shiny is there", async () => {
  const { page, errors } = await openPage({ early: true });
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    here.openAfm("m1", `export default { render({ el }) { el.textContent = "drawn"; } }`);
    here.show("m1", "a");
  });
  await expect.poll(() => page.textContent("#a")).toBe("drawn");
  expect(errors).toEqual([]);
  await page.close();
});

test("a strict Content-Security-Policy keeps neither controls nor anywidgets from working", async () => {
  const { page, errors, uncaught } = await openPage({ strict: true });
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    here.openAfm("m1", `export default { render({ el }) { el.textContent = "drawn"; } }`);
    here.show("m1", "a");
    const controls = "@jupyter-widgets/controls";
    const state = {
      _model_name: "IntSliderModel",
      _model_module: controls,
      _model_module_version: "2.0.0",
      _view_name: "IntSliderView",
      _view_module: controls,
      _view_module_version: "2.0.0",
      value: 3,
    };
    here.send("open", "m2", { target_name: "jupyter.widget", data: { state, buffer_paths: [] } });
    here.show("m2", "b");
  });
  await expect.poll(() => page.textContent("#a")).toBe("drawn");
  await expect.poll(() => page.locator("#b .widget-readout").textContent()).toBe("3");
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});

test("an output whose widget the server closes before the next one has come shows that it loads", async () => {
  const { page } = await openPage();
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    here.openAfm("m1", `export default { render({ el }) { el.textContent = "drawn"; } }`);
    here.show("m1", "a");
  });
  await expect.poll(() => page.textContent("#a")).toBe("drawn");
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    here.show("m2", "a");
    here.send("close", "m1", { data: {} });
  });
  await expect.poll(() => page.locator("#a .shiny-comm-loading").count()).toBe(1);
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    here.openAfm("m2", `export default { render({ el }) { el.textContent = "next"; } }`);
  });
  await expect.poll(() => page.textContent("#a")).toBe("next");
  await page.close();
});

test("a module text is compiled once, however many models and views there are", async () => {
  const { page } = await openPage();
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    const esm = `globalThis.compiled = (globalThis.compiled ?? 0) + 1;
      export default { render({ el }) { el.textContent = "drawn"; } }`;
    for (const id of ["m1", "m2", "m3"]) here.openAfm(id, esm);
    here.show("m1", "a");
    here.show("m2", "b");
  });
  await expect.poll(() => page.textContent("#b")).toBe("drawn");
  await page.evaluate(() => (globalThis as unknown as InMemory).show("m3", "a"));
  await expect.poll(() => page.textContent("#a")).toBe("drawn");
  expect(await page.evaluate(() => (globalThis as unknown as InMemory).compiled)).toBe(1);
  await page.close();
});

test("malformed messages are reported, once each, throw nothing into Shiny, and the next one works", async () => {
  const { page, errors, uncaught } = await openPage();
  const thrown = await page.evaluate(() => {
    const { handlers } = globalThis as unknown as InMemory;
    const bad: unknown[] = [
      "",
      "{",
      "null",
      "[]",
      "{}",
      '{"content":{}}',
      '{"content":{"comm_id":7}}',
      '{"content":{"comm_id":"x","data":[]}}',
      '{"content":{"comm_id":"x","data":{}},"buffers":["!"]}',
      '{"content":{"comm_id":"x","data":{"state":{},"buffer_paths":[["__proto__","y"]]}},"buffers":["AAAA"]}',
      undefined,
      42,
      () => 1,
    ];
    let count = 0;
    for (const name of ["open", "msg", "close"]) {
      for (const payload of bad) {
        try {
          if (handlers[`shinywidgets_comm_${name}`]?.(payload) !== undefined) count += 1;
        } catch {
          count += 1;
        }
      }
    }
    return [count, ({} as Record<string, unknown>).y ?? null];
  });
  expect(thrown).toEqual([0, null]);
  await expect.poll(() => errors.length).toBe(3 * 13);
  expect(errors.every((text) => text.includes("CommError [DECODE]: "))).toBe(true);
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    here.openAfm("m1", `export default { render({ el }) { el.textContent = "fine"; } }`);
    here.show("m1", "a");
  });
  await expect.poll(() => page.textContent("#a")).toBe("fine");
  expect(uncaught).toEqual([]);
  await page.close();
});

test("a model has one update in flight; what changes meanwhile is merged into the next, which its echo sets free", async () => {
  const { page } = await openPage();
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    here.openAfm(
      "m1",
      `export default { render({ model, el }) {
      globalThis.model = model; el.textContent = "drawn"; } }`,
      { n: 0 },
    );
    here.show("m1", "a");
  });
  await expect.poll(() => page.textContent("#a")).toBe("drawn");
  const sent = await page.evaluate(async () => {
    const here = globalThis as unknown as InMemory;
    const model = here.model as { set(key: string, value: unknown): void; save_changes(): void };
    for (let n = 1; n <= 20; n += 1) {
      model.set("n", n);
      model.save_changes();
    }
    // Messages go out behind the task that sends them.
    await Promise.resolve();
    const before = here.sent.length;
    here.send("msg", "m1", { data: { method: "echo_update", state: { n: 1 }, buffer_paths: [] } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    return [before, here.sent.map(([, { content }]) => (content.data.state as { n: number }).n)];
  });
  expect(sent).toEqual([1, [1, 20]]);
  await page.close();
});

test("a close ends the view, its clean-ups run, and the id is free again", async () => {
  const { page, errors } = await openPage();
  const esm = `export default { render({ el }) {
    el.textContent = "drawn";
    return () => { globalThis.cleaned = (globalThis.cleaned ?? 0) + 1; };
  } }`;
  for (let round = 1; round <= 3; round += 1) {
    await page.evaluate((text) => {
      const here = globalThis as unknown as InMemory;
      here.openAfm("m1", text);
      here.show("m1", "a");
    }, esm);
    await expect.poll(() => page.textContent("#a")).toBe("drawn");
    await page.evaluate(() =>
      (globalThis as unknown as InMemory).send("close", "m1", { data: {} }),
    );
    await expect.poll(() => page.textContent("#a")).toBe("");
    expect(await page.evaluate(() => (globalThis as unknown as InMemory).cleaned)).toBe(round);
  }
  expect(errors).toEqual([]);
  await page.close();
});

test("what changes in a slider's layout and style is on the page, and what is taken back is not", async () => {
  const { page, errors, uncaught } = await openPage();
  await page.evaluate(() => {
    const here = globalThis as unknown as InMemory;
    const open = (id: string, name: string, module: string, state: object) =>
      here.send("open", id, {
        target_name: "jupyter.widget",
        data: {
          state: {
            _model_name: `${name}Model`,
            _model_module: module,
            _model_module_version: "2.0.0",
            _view_name: `${name}View`,
            _view_module: module,
            _view_module_version: "2.0.0",
            ...state,
          },
          buffer_paths: [],
        },
      });
    const controls = "@jupyter-widgets/controls";
    const parts = { layout: "IPY_MODEL_layout", style: "IPY_MODEL_style" };
    open("m", "IntSlider", controls, { value: 3, ...parts });
    open("layout", "Layout", "@jupyter-widgets/base", { width: "300px", min_height: null });
    const view = { _view_name: "StyleView", _view_module: "@jupyter-widgets/base" };
    open("style", "SliderStyle", controls, { ...view, handle_color: null });
    here.show("m", "a");
  });
  const slider = page.locator("#a .widget-slider");
  const handle = page.locator("#a .noUi-handle");
  const update = (id: string, state: object) =>
    page.evaluate(
      ([id, state]) => {
        const data = { method: "update", state, buffer_paths: [] };
        (globalThis as unknown as InMemory).send("msg", id, { data });
      },
      [id, state] as const,
    );
  await expect.poll(() => slider.getAttribute("style")).toBe("width: 300px;");
  await update("layout", { width: "200px", min_height: "50px" });
  await update("style", { handle_color: "red" });
  await expect.poll(() => handle.getAttribute("style")).toContain("background-color: red");
  expect(await slider.getAttribute("style")).toBe("width: 200px; min-height: 50px;");
  await update("layout", { width: null, min_height: null });
  await update("style", { handle_color: null });
  await expect.poll(() => handle.getAttribute("style")).not.toContain("background-color");
  expect(await slider.getAttribute("style")).toBe("");
  expect([errors, uncaught]).toEqual([[], []]);
  await page.close();
});
