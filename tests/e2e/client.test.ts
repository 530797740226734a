/** Which client is on the page, what it costs, and that no other gets the widgets. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { expectNoFaults, openGallery, openUrl, useBrowser, type WatchedPage } from "./page.js";

useBrowser();

/** The scripts and styles of the client that a page has asked for, in bytes. */
async function clientBytes({ requests }: WatchedPage): Promise<number> {
  const dist = join(import.meta.dirname, "../../dist");
  let bytes = 0;
  for (const url of new Set(requests)) {
    expect(url).not.toMatch(/libembed-amd|output\.js/);
    const path = /ipywidget-output-binding-[^/]*\/(.*\.(?:js|css))$/.exec(
      new URL(url).pathname,
    )?.[1];
    if (path) bytes += (await stat(join(dist, path))).size;
  }
  return bytes;
}

test("a page with sliders loads at most 336 kB of the client, and nothing of the stock one", async () => {
  const watched = await openUrl(`${inject("situationsUrl")}/?case=slider`);
  await watched.page.locator("#slider .noUi-handle").waitFor();
  const bytes = await clientBytes(watched);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(336_000);
  await expectNoFaults(watched);
});

test("a page with an anywidget loads at most 230 kB of the client, and no controls", async () => {
  const watched = await openUrl(`${inject("situationsUrl")}/?case=afm`);
  await watched.page.locator("#afm .afm").waitFor();
  const bytes = await clientBytes(watched);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(230_000);
  await expectNoFaults(watched);
});

test("the gallery's page of sliders has one client", async () => {
  const watched = await openGallery("rerender");
  await watched.page.locator("#rerender_box .noUi-handle").waitFor();
  expect(await clientBytes(watched)).toBeGreaterThan(100_000);
  await expectNoFaults(watched);
});
