/** The client on the page: its files, its size, and no other client next to it. */
import { expect, inject, test } from "vitest";
import sizeLimits from "../../.size-limit.json";
import { expectNoFaults, openGallery, openUrl, useBrowser, type WatchedPage } from "./page.js";

useBrowser();

/** Returns the client's scripts and styles that a page has requested, without the hashes in their names. */
function clientFiles({ requests }: WatchedPage): string[] {
  const names = [...new Set(requests)].flatMap((url) => {
    expect(url).not.toMatch(/libembed-amd|output\.js/);
    const { pathname } = new URL(url);
    const path = /ipywidget-output-binding-[^/]*\/(.*\.(?:js|css))$/.exec(pathname)?.[1];
    return path ? [path.replace(/-[0-9A-F]{8}(?=\.\w+$)/, "")] : [];
  });
  return names.sort();
}

/** The files of a page whose size `npm run size` limits. */
function limitedFiles(page: string): string[] {
  const paths = sizeLimits.find(({ name }) => name.startsWith(page))?.path ?? [];
  return [paths]
    .flat()
    .map((path) => path.replace("dist/", "").replace(/-[*?]+/, ""))
    .sort();
}

const ALWAYS = ["chunks/start.js", "shiny-comm.css", "shiny-comm.js"];

test("a page with sliders loads five files of the client, and no file of the stock client", async () => {
  const watched = await openUrl(`${inject("situationsUrl")}/?case=slider`);
  await watched.page.locator("#slider .noUi-handle").waitFor();
  const names = clientFiles(watched);
  expect(names).toEqual(["chunks/controls-core.js", "chunks/controls.css", ...ALWAYS]);
  expect(names).toEqual(limitedFiles("page with a slider"));
  await expectNoFaults(watched);
});

test("a page with an anywidget loads four files of the client, and no controls", async () => {
  const watched = await openUrl(`${inject("situationsUrl")}/?case=afm`);
  await watched.page.locator("#afm .afm").waitFor();
  const names = clientFiles(watched);
  expect(names).toEqual(["chunks/anywidget.js", ...ALWAYS]);
  expect(names).toEqual(limitedFiles("page with an anywidget"));
  await expectNoFaults(watched);
});

test("the gallery's page of sliders has one client", async () => {
  const watched = await openGallery("rerender");
  await watched.page.locator("#rerender_box .noUi-handle").waitFor();
  expect(clientFiles(watched)).toEqual(expect.arrayContaining(ALWAYS));
  await expectNoFaults(watched);
});

interface Watching {
  jQuery: (target: unknown) => {
    on(name: string, listener: (event: CommEvent) => void): void;
    off(name: string): void;
  };
  told: string[];
  dispatched: string[];
  Shiny: { shinyapp: { dispatchMessage(data: unknown): Promise<void> } };
}
interface CommEvent {
  message: { custom?: object };
  preventDefault(): void;
}

test.each(["document", "window"] as const)(
  "Shiny handles the texts of comms only while a listener for shiny:message is on the %s, which can prevent them",
  async (where) => {
    const watched = await openUrl(`${inject("situationsUrl")}/?case=clamp`);
    const { page } = watched;
    const handle = page.locator("#clamp .noUi-handle");
    await handle.focus();
    const value = async (): Promise<number> => Number(await handle.getAttribute("aria-valuenow"));
    await page.evaluate(() => {
      const page = window as unknown as Watching;
      const { shinyapp } = page.Shiny;
      const dispatch = shinyapp.dispatchMessage;
      page.told = [];
      page.dispatched = [];
      shinyapp.dispatchMessage = function (data) {
        if (String(data).includes("shinywidgets_comm")) page.dispatched.push(String(data));
        return dispatch.call(this, data);
      };
    });
    // The server rounds what the key has made of it.
    await page.keyboard.press("ArrowRight");
    await expect.poll(value).toBe(0);
    expect(await page.evaluate(() => (window as unknown as Watching).dispatched)).toEqual([]);
    await page.evaluate((where) => {
      const page = window as unknown as Watching;
      page.jQuery(window[where]).on("shiny:message", (event) => {
        const [type = ""] = Object.keys(event.message.custom ?? {});
        if (!type.startsWith("shinywidgets_comm")) return;
        page.told.push(type);
        event.preventDefault();
      });
    }, where);
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.evaluate(() => (window as unknown as Watching).told))
      .toContain("shinywidgets_comm_msg");
    expect(await value()).toBe(1);
    await page.evaluate((where) => {
      (window as unknown as Watching).jQuery(window[where]).off("shiny:message");
    }, where);
    await page.keyboard.press("ArrowRight");
    await expect.poll(value).toBe(0);
    await expectNoFaults(watched);
  },
);
