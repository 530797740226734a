/** Bookmarks: what widgets send is in none of them, in Python and in R, and a restored page works. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import { startRShiny } from "../../scripts/r.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser } from "./page.js";

const root = join(import.meta.dirname, "../..");
const apps = join(import.meta.dirname, "apps");
const folder = mkdtempSync(join(tmpdir(), "shiny-comm-bookmarks-"));
const servers = new Map<string, ShinyServer>();

useBrowser();

beforeAll(async () => {
  const python = await ensurePython({
    requirements: join(root, "examples/01-gallery/requirements.lock.txt"),
  });
  const app = join(apps, "bookmarks.py");
  const started = await Promise.all([
    startShiny({ python, app }),
    startShiny({ python, app, env: { BOOKMARK_FOLDER: folder } }),
    startRShiny({ app: join(apps, "bookmarks_r") }),
  ]);
  ["url", "server", "r"].forEach((name, index) => {
    servers.set(name, started[index] as ShinyServer);
  });
}, 600_000);

afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const addressOf = (name: string): string => servers.get(name)?.url ?? "";

/** Changes the widget and Shiny's own input, and makes a bookmark. @returns its address */
async function bookmark(page: Page): Promise<URL> {
  // The second is the stock client's.
  await page.locator("#slider :is(.noUi-handle, .ui-slider-handle)").press("ArrowRight");
  await expectText(page, "#value", /and 3$/);
  await page.locator("#number").fill("5");
  await expectText(page, "#value", "5 and 3");
  await page.locator("[id='._bookmark_']").click();
  const address = page.locator("#shiny-modal textarea");
  await address.waitFor();
  return new URL(await address.inputValue());
}

async function expectRestored(bookmarked: URL): Promise<void> {
  const watched = await openUrl(bookmarked.href);
  const { page } = watched;
  await expectText(page, "#value", "5 and 3");
  await page.locator("#slider .noUi-handle").press("ArrowRight");
  await expectText(page, "#value", "5 and 4");
  await expectNoFaults(watched);
}

test.each(["url", "r"])(
  "a bookmark's address has Shiny's inputs and the app's values, and no message of a widget (%s)",
  async (name) => {
    const watched = await openUrl(addressOf(name));
    const bookmarked = await bookmark(watched.page);
    expect(Object.fromEntries(bookmarked.searchParams)).toEqual({
      _inputs_: "",
      number: "5",
      _values_: "",
      slider: "3",
    });
    await expectNoFaults(watched);
    await expectRestored(bookmarked);
  },
);

test("a state saved on the server has no message of a widget", async () => {
  const watched = await openUrl(addressOf("server"));
  const bookmarked = await bookmark(watched.page);
  const id = bookmarked.searchParams.get("_state_id_") ?? "";
  const saved = (file: string): unknown =>
    JSON.parse(readFileSync(join(folder, id, file), "utf8")) as unknown;
  expect(readdirSync(join(folder, id)).toSorted()).toEqual(["input.json", "values.json"]);
  expect(saved("input.json")).toEqual({ number: 5 });
  expect(saved("values.json")).toEqual({ slider: 3 });
  await expectNoFaults(watched);
  await expectRestored(bookmarked);
});

test("an address has the last message of a widget with the stock client", async () => {
  const { page } = await openUrl(`${addressOf("url")}/?client=stock`);
  const bookmarked = await bookmark(page);
  expect(bookmarked.searchParams.get("shinywidgets_comm_send")).toContain("comm_id");
  await page.close();
});
