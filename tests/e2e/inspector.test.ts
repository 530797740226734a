/** The inspector on the real gallery, and on pages with pending and failing widgets. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import type { Report } from "../../src/inspector/report.js";
import { expectNoFaults, openGallery, openUrl, useBrowser } from "./page.js";

useBrowser();

const panelOf = (page: Page) => page.locator(".shiny-comm-inspector section");

async function inspect(page: Page) {
  // The client starts a moment after the session.
  await page.waitForFunction("globalThis.ShinyComm");
  await page.evaluate("ShinyComm.inspect()");
  await panelOf(page).waitFor();
}

/** The row of a model's class, its cells. */
const rowOf = (page: Page, name: string) =>
  panelOf(page).locator("tbody tr:visible", { hasText: name }).locator("th, td").allTextContents();

async function reportOf(page: Page): Promise<Report> {
  return JSON.parse(
    await page.evaluate("ShinyComm.inspect().then((inspector) => inspector.report())"),
  );
}

test("the inspector shows a slider's comm and output, and counts the messages of a move", async () => {
  const watched = await openGallery("rerender");
  const { page, requests } = watched;
  const handle = page.locator("#rerender_box .noUi-handle").first();
  await handle.waitFor();
  const asked = () => requests.filter((url) => /chunks\/inspector/.test(url));
  expect(asked()).toEqual([]);
  await inspect(page);
  expect(asked()).toHaveLength(1);
  await expect
    .poll(() => rowOf(page, "IntSliderModel"))
    .toEqual([
      expect.stringMatching(/^[\da-f]{8}…$/),
      "IntSliderModel",
      "@jupyter-widgets/controls@2.0.0",
      "jupyter.widget",
      expect.stringMatching(/^\d+ keys$/),
      "1",
      "rerender_box",
      "0",
      "0",
      "",
    ]);
  await handle.press("ArrowRight");
  await expect
    .poll(async () => (await rowOf(page, "IntSliderModel")).slice(7))
    .toEqual([
      expect.stringMatching(/^1 \(\d+\)$/),
      expect.stringMatching(/^1 \(\d+\)$/),
      expect.stringMatching(/ms$/),
    ]);
  const { comms, watched: counted, versions, page: about } = await reportOf(page);
  const slider = comms.find(({ name }) => name === "IntSliderModel");
  expect(slider).toMatchObject({ sent: { messages: 1 }, answer: { count: 1 } });
  expect(slider?.answer.maxMs).toBeGreaterThan(0);
  expect(counted.received.messages).toBeGreaterThanOrEqual(1);
  expect(versions.shiny).toMatch(/^\d+\.\d+/);
  expect(about.developmentMode).toBe(true);
  await panelOf(page).getByRole("button", { name: "Close" }).click();
  await panelOf(page).waitFor({ state: "detached" });
  await expectNoFaults(watched);
});

test("the key opens the inspector on a page of `shiny run`, and not in production", async () => {
  const watched = await openGallery("rerender");
  await watched.page.locator("#rerender_box .noUi-handle").first().press("Control+F9");
  await panelOf(watched.page).waitFor();
  await expectNoFaults(watched);

  const production = await openUrl(`${inject("galleryUrl")}/?page=rerender`, {
    prepare: (page) =>
      page.addInitScript(() => {
        Object.defineProperty(window, "__SHINY_DEV_MODE__", { value: false });
      }),
  });
  const { page, requests } = production;
  await page.locator("#rerender_box .noUi-handle").first().press("Control+F9");
  // The call works there, and is answered after the key would have been.
  await inspect(page);
  expect(requests.filter((url) => /chunks\/inspector/.test(url))).toHaveLength(1);
  expect((await reportOf(page)).page.developmentMode).toBe(false);
  await page.keyboard.press("Control+F9");
  expect(await panelOf(page).count()).toBe(1);
  await expectNoFaults(production);
});

test("the report is copied as JSON", async () => {
  const watched = await openGallery("rerender");
  const { page } = watched;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator("#rerender_box .noUi-handle").first().waitFor();
  await inspect(page);
  await panelOf(page).getByRole("button", { name: "Copy JSON" }).click();
  await expect.poll(() => panelOf(page).getByRole("status").textContent()).toMatch(/^Copied: /);
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as Report;
  expect(report.comms.map(({ name }) => name)).toContain("VBoxModel");
  expect(report.comms.every(({ status }) => status === "made")).toBe(true);
  expect(report.waiting).toEqual([]);
  await expectNoFaults(watched);
});

test("a box waits for a child that never arrives, and then the error is listed", async () => {
  const { page } = await openUrl(`${inject("failuresUrl")}/?case=child_missing`, {
    prepare: (page) => page.clock.install(),
  });
  await inspect(page);
  await panelOf(page).getByRole("tab", { name: "Waiting" }).click();
  const rows = () => panelOf(page).locator("tbody tr:visible").allTextContents();
  await expect
    .poll(async () => (await rows()).join("\n"))
    .toMatch(/^model.*The model waits for 0{32}, which the server has not opened\./m);
  await panelOf(page).getByRole("tab", { name: "Errors" }).click();
  await page.clock.fastForward(10_000);
  await expect
    .poll(rows)
    .toEqual([
      expect.stringMatching(/CommError \[WIDGET\]: The server did not open the model 0{32}/),
    ]);
  await page.close();
});

test("the inspector can have the focus over an open modal, and Escape closes only the inspector", async () => {
  const { page } = await openUrl(`${inject("situationsUrl")}/?case=modal`);
  await page.locator("#go").click();
  await page.locator(".modal.show #slider .noUi-handle").waitFor();
  await inspect(page);
  await panelOf(page).getByRole("searchbox").fill("Slider");
  await expect.poll(async () => (await rowOf(page, "IntSliderModel"))[6]).toBe("slider");
  await page.keyboard.press("Escape");
  await panelOf(page).waitFor({ state: "detached" });
  expect(await page.locator(".modal.show").count()).toBe(1);
  await page.close();
});

test("axe finds no problem on any tab of the inspector, in light and in dark", async () => {
  const { page } = await openUrl(`${inject("failuresUrl")}/?case=child_missing`);
  await page.evaluate(
    readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"),
  );
  await inspect(page);
  // As another copy of the package reports it.
  await page.evaluate(() => {
    const page = (globalThis as Record<symbol, unknown>)[Symbol.for("shiny-comm/0")];
    const { errorListeners } = page as { errorListeners: Set<(report: object) => unknown> };
    const report = { error: new Error("for the list"), preventDefault: () => undefined };
    for (const listener of errorListeners) listener(report);
  });
  for (const theme of ["light", "dark"]) {
    await page.evaluate((value) => {
      document.documentElement.dataset.bsTheme = value;
    }, theme);
    for (const name of ["Comms", "Waiting", "Messages", "Errors"]) {
      await panelOf(page).getByRole("tab", { name }).click();
      const button = panelOf(page).locator("tbody button[aria-pressed=false]:visible").first();
      if (theme === "light" && (name === "Comms" || name === "Errors")) await button.click();
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(context: string): Promise<AxeResults> };
        };
        const { violations, passes } = await axe.run(".shiny-comm-inspector");
        return {
          looked: passes.length > 5,
          violations: violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
          ),
        };
      });
      expect({ theme, name, ...found }).toEqual({ theme, name, looked: true, violations: [] });
    }
  }
  await page.close();
});
