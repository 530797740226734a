/** `shiny_comm.use()` in Pyodide, behind a service worker and on a MessagePort. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { talk } from "../../e2e/opens.js";
import { click, count, type EnginePage, eventually, shown, text } from "../../engines/engine.js";
import { Pages } from "./pages.js";

/** Members of the app's page that the tests read. */
interface Globals {
  Shiny: { shinyapp: { $socket: EventTarget } };
  bytes?: number;
}

let pages: Pages;
let opened: EnginePage;

beforeAll(async () => {
  pages = await Pages.start();
  opened = await pages.open();
});

afterAll(() => pages?.stop());

test("widget classes of app.py, and functions that print", async () => {
  await eventually(() => text(opened, "#sent .bytes")).toBe("3");
  await eventually(() => text(opened, "#called .jp-OutputArea-output")).toBe("called with 4");
});

test("an Output shows what its block and a task print, and that there are no threads", async () => {
  await click(opened, "#act");
  const printed = () => text(opened, "#printed");
  await eventually(printed).toMatch(/^printed\s+printed by a task\s/);
  await eventually(printed).toMatch(/can't start new thread$/);
});

test("the bytes of a trait are frames", async () => {
  await opened.evaluate(() => {
    const globals = window as unknown as Globals;
    globals.bytes = 0;
    globals.Shiny.shinyapp.$socket.addEventListener("message", (event) => {
      const { data } = event as MessageEvent;
      if (data instanceof Uint8Array) globals.bytes = (globals.bytes ?? 0) + data.byteLength;
    });
  });
  await click(opened, "#send");
  await eventually(() => text(opened, "#sent .bytes")).toBe("5000000");
  expect(await opened.evaluate(() => (window as unknown as Globals).bytes)).toBeGreaterThan(
    5_000_000,
  );
});

test("a comm that the page opens", async () => {
  const { came } = await talk(pages.frame, {
    target_name: "echo",
    sends: [[{ n: 1 }, 1, 2, 3], [{ n: 2 }]],
    until: 2,
  });
  expect(came).toEqual([
    ["msg", { n: 1 }, [1, 2, 3]],
    ["msg", { n: 2 }],
  ]);
});

test("files that a restarted service worker does not find several times are loaded later", async () => {
  const missed: string[] = [];
  pages.page.on("response", (response) => {
    if (response.status() === 404) missed.push(new URL(response.url()).pathname);
  });
  await pages.answer(false);
  await pages.stopServiceWorker();
  await click(opened, "#show_late");
  for (const part of ["/chunks/controls-", "/chunks/amd-", "/shiny-comm-modules/"]) {
    const times = async () => missed.filter((path) => path.includes(part)).length;
    await eventually(times).toBeGreaterThan(1);
  }
  await pages.answer(true);
  await shown(opened, "#late .jupyter-widget-tagsinput");
  await shown(opened, "#late .late-module");
  await shown(opened, "#late .leaflet-container");
  expect(await count(opened, ".shiny-comm-error")).toBe(0);
});
