/** Widgets in real apps: dynamic UI, modals, hidden tabs, errors of the app, the stock client on the same page. */
import { expect, inject, test } from "vitest";
import { expectInTime, expectNoFaults, expectText, openUrl, useBrowser } from "./page.js";

useBrowser();

const open = (name: string) => openUrl(`${inject("situationsUrl")}/?case=${name}`);

/** Opens a case on a page whose clock the test moves on. */
const openWithClock = (name: string) =>
  openUrl(`${inject("situationsUrl")}/?case=${name}`, {
    prepare: (page) => page.clock.install(),
  });

test.each(["rival-before", "rival-after"])(
  "a plain script tag serves the widgets although the stock client is on the page, with one warning (%s)",
  async (name) => {
    const watched = await open(name);
    const { page } = watched;
    const slider = page.locator("#slider .noUi-handle");
    await slider.waitFor();
    await slider.press("ArrowRight");
    await expectText(page, "#slider_value", "value 3");
    expect(await page.locator("#slider > *").count()).toBe(1);
    expect(watched.warnings.filter((text) => text.includes("[shiny-comm]"))).toHaveLength(1);
    await expectNoFaults(watched);
  },
);

test("a client that dynamic UI adds late serves the widgets", async () => {
  const watched = await open("dynamic");
  const { page } = watched;
  await page.click("#go");
  await page.locator("#slider .noUi-handle").press("ArrowRight");
  await expectText(page, "#slider_value", "value 3");
  await expectNoFaults(watched);
});

test("a widget in a modal works each time the modal is opened", async () => {
  const watched = await open("modal");
  const { page } = watched;
  for (const value of [3, 4]) {
    await page.click("#go");
    const slider = page.locator(".modal #slider .noUi-handle");
    await slider.waitFor();
    await slider.press("ArrowRight");
    await expectText(page, "#slider_value", `value ${value}`);
    expect(await page.locator("#slider > *").count()).toBe(1);
    // Bootstrap ignores a close while the modal still opens.
    await page
      .locator(".modal.show")
      .evaluate((el) =>
        Promise.allSettled(el.getAnimations({ subtree: true }).map((each) => each.finished)),
      );
    await page.locator(".modal [data-bs-dismiss=modal]").first().click();
    await page.locator(".modal").waitFor({ state: "detached" });
  }
  await expectNoFaults(watched);
});

test("an output in a Shiny module works both ways", async () => {
  const watched = await open("module");
  await watched.page.locator("#inner-slider .noUi-handle").press("ArrowRight");
  await expectText(watched.page, "#inner-value", "value 5");
  await expectNoFaults(watched);
});

test("messages of widgets are sent immediately on a page with a submit button", async () => {
  const watched = await open("submit");
  await watched.page.locator("#slider .noUi-handle").press("ArrowRight");
  await expectText(watched.page, "#slider_value", "value 3");
  await expectNoFaults(watched);
});

test("a widget in a hidden tab has its size when the tab is shown", async () => {
  const watched = await open("tabs");
  const { page } = watched;
  await page.getByRole("tab", { name: "Two" }).click();
  await page.locator("#box button").waitFor();
  const width = async () => (await page.locator("#box button").boundingBox())?.width ?? 0;
  await expect.poll(width).toBeGreaterThan(600);
  await expectNoFaults(watched);
});

test("an output is hidden by None and shown again by a widget", async () => {
  const watched = await open("hidden");
  const { page } = watched;
  const output = page.locator("#hidden");
  await page.locator("#hidden .widget-label").waitFor();
  await page.click("#go");
  await expect.poll(() => output.locator("*").count()).toBe(0);
  const visibility = () => output.evaluate((el) => getComputedStyle(el).visibility);
  await expect.poll(visibility).toBe("hidden");
  await page.click("#go");
  await page.locator("#hidden .widget-label").waitFor({ state: "visible" });
  await expectNoFaults(watched);
});

test("an error of the app replaces the widget, and the next widget replaces the error", async () => {
  const watched = await open("failing");
  const { page } = watched;
  await page.locator("#failing .widget-label").waitFor();
  await page.click("#go");
  await expectText(page, "#failing", /the app's own error/);
  expect(await page.locator("#failing .widget-label").count()).toBe(0);
  await page.click("#go");
  await expectText(page, "#failing", "fine");
  await expectNoFaults(watched);
});

test("a changed _esm is reloaded in place, after its clean-ups, and a broken _esm can be replaced", async () => {
  const watched = await open("afm");
  const { page } = watched;
  await expectText(page, "#afm .afm", "first 0");
  await page.click("#go");
  await expectText(page, "#afm .afm", "second 7");
  const counts = await page.evaluate(() => {
    const { initialized, ended, removed } = globalThis as unknown as Record<string, number>;
    return { initialized, ended, removed };
  });
  expect(counts).toEqual({ initialized: 1, ended: 1, removed: 1 });
  expect(watched.faults).toEqual([]);
  await page.click("#go");
  await expectText(page, "#afm [role=alert]", /cannot load the module \(_esm\)/);
  await page.click("#go");
  await expectText(page, "#afm .afm", "second 7");
  await page.close();
});

test("a widget that is still loading delays no other widget, and receives the message sent meanwhile", async () => {
  const watched = await open("slow");
  const { page } = watched;
  await expectText(page, "#slow .widget-label", "beside");
  await page.locator("#slow .shiny-comm-loading").waitFor({ state: "attached" });
  await page.waitForFunction(() => "endLoading" in globalThis);
  await page.click("#go");
  await page.locator("#slow .noUi-handle").press("ArrowRight");
  await expectText(page, "#slow .widget-label", "value 3");
  expect(await page.locator("#slow .slow").count()).toBe(0);
  await page.evaluate(() => (globalThis as unknown as { endLoading(): void }).endLoading());
  await expectText(page, "#slow .slow", "received");
  await expectNoFaults(watched);
});

test("an AMD module finds base, controls, its sibling and its own address, and leaves the globals alone", async () => {
  const watched = await open("amd");
  const { page } = watched;
  const widget = page.locator("#amd .amd");
  await widget.waitFor();
  expect(JSON.parse((await widget.textContent()) ?? "")).toEqual({
    amd: false,
    script: expect.stringMatching(/\/lib\/test-amd-[^/]*\/index\.js$/),
    sibling: "sibling",
    controls: "function",
    module: "test-amd",
  });
  expect(
    await page.evaluate(() => {
      const { $, jQuery, define } = window as unknown as Record<string, unknown>;
      return [$ === jQuery, (define as { amd: unknown }).amd, document.currentScript];
    }),
  ).toEqual([true, false, null]);
  await expectNoFaults(watched);
});

test("a layout that never arrives is left out, and a child that never arrives is shown as missing", async () => {
  const watched = await openWithClock("elsewhere");
  const { page } = watched;
  const alert = page.locator("#elsewhere [role=alert]");
  await expectInTime(page, alert);
  expect(await alert.textContent()).toMatch(/did not open the model 0{32} within 10 s/);
  await page.locator("#elsewhere .noUi-handle").waitFor();
  expect(watched.warnings.filter((text) => text.includes("another session"))).toHaveLength(1);
  expect(watched.faults).toHaveLength(1);
  await page.close();
});

test("a page of controls sends the user's changes, and no change of the server", async () => {
  const watched = await open("sent");
  const { page } = watched;
  let presses = 0;
  /** The page's messages so far, and the values in Python. */
  const log = async (): Promise<[sent: [string, object][], values: unknown[]]> => {
    presses += 1;
    await page.click("#go");
    await expectText(page, "#sent_log", new RegExp(`^\\[${presses}, `));
    const [, sent, values] = JSON.parse((await page.textContent("#sent_log")) ?? "[]");
    return [sent, values];
  };
  await page.locator("#sent .jupyter-widget-tab").nth(1).waitFor();
  // The first press sets values in Python. The second press is answered after anything that the page sends of them.
  await log();
  await expect
    .poll(() =>
      page.locator("#sent select").evaluateAll((all) => all.map((each) => each.textContent)),
    )
    .toEqual(["Hello", "Hello"]);
  const [sent, values] = await log();
  expect(sent).toEqual([]);
  expect(values).toEqual([0.5, 0.5, 133, [101, 133], 5, "a", [], 0, 5, "01:02:03.456789"]);
  const times = page.locator("#sent input[type=time]");
  expect(
    await times.evaluateAll((all: HTMLInputElement[]) => all.map(({ value }) => value)),
  ).toEqual(["01:02:03.456", "01:02:03.456"]);

  // https://github.com/jupyter-widgets/ipywidgets/issues/3951
  const field = page.locator("#sent input[type=number]").first();
  await field.fill("0.25");
  await field.press("Enter");
  await expectText(page, "#sent .widget-readout >> nth=1", "0.25");
  // https://github.com/jupyter-widgets/ipywidgets/issues/3967
  await page.locator("#sent .widget-play button").first().click();
  const whole = page.locator("#sent input[type=number]").nth(2);
  await whole.fill("3.7");
  await whole.press("Enter");
  await expect.poll(() => whole.inputValue()).toBe("3");
  await expect.poll(async () => (await log())[1][7]).toBe(3);
  const [after, [slider, text, ...others]] = await log();
  expect([slider, text, others[6]]).toEqual([0.25, 0.25, 3]);
  const names = after.map(([name]) => name);
  expect(names.filter((name) => name !== "Play")).toEqual(["FloatText", "IntText"]);
  // A step is one message for both views. A slow server has steps merged.
  const steps = after.filter(([name, state]) => name === "Play" && "value" in state);
  expect(steps.length).toBeGreaterThan(0);
  expect(steps.length).toBeLessThanOrEqual(3);
  await expectNoFaults(watched);
});
