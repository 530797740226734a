/** Which client is on the page, what it costs, and that no other gets the widgets. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectNoFaults, openGallery, useBrowser } from "./page.js";

useBrowser();

test("a page with sliders loads at most 520 kB of the client, and nothing of the stock one", async () => {
  const watched = await openGallery("rerender");
  await watched.page.locator("#rerender_box .noUi-handle").waitFor();
  const dist = join(import.meta.dirname, "../../dist");
  let bytes = 0;
  for (const url of new Set(watched.requests)) {
    expect(url).not.toMatch(/libembed-amd|output\.js/);
    const path = /ipywidget-output-binding-[^/]*\/(.*\.(?:js|css))$/.exec(
      new URL(url).pathname,
    )?.[1];
    if (path) bytes += (await stat(join(dist, path))).size;
  }
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(520_000);
  await expectNoFaults(watched);
});
