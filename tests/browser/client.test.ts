/** The built client on an in-memory Shiny: messages before its chunks, its script tag, a strict policy, malformed messages. */
import { expect, test } from "vitest";
import { openPage, useBrowser } from "./in-memory.js";

useBrowser();

/** The globals of the page's script; see in-memory.ts. */
interface InMemory {
  sent: [string, { content: { comm_id: string; data: Record<string, unknown> } }][];
  handlers: Record<string, (payload: unknown) => unknown>;
  send(kind: string, id: string, content: object, rest?: object): void;
  openAfm(id: string, esm: string, state?: object): void;
  show(id: string, el: string): void;
  [name: string]: unknown;
}

test("messages that arrive before the client's chunks are kept in order", async () => {
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

test("a script tag before Shiny's connects when Shiny has loaded", async () => {
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

test("controls and anywidgets work under a strict Content-Security-Policy", async () => {
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

test("malformed messages are reported once each, throw nothing into Shiny, and do not stop the next message", async () => {
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
