/** When a widget fails: its own place says what failed and what to do, the rest of the page works, a later render mends it. */
import { expect, inject, test } from "vitest";
import { expectInTime, expectText, openUrl, useBrowser } from "./page.js";

useBrowser();

/** What is said in the place of each, and how it goes with the advice at the end. */
const SAID: Record<string, [said: RegExp, advice: RegExp]> = {
  module_missing: [
    /MissingModel \(no-such-widget@1\.2\.3\).*nbextensions.*cdn/s,
    /installed where the app runs.*1\.2\.3/,
  ],
  class_missing: [/no class NoSuchModel in test-failing@1\.2\.3/, /different versions/],
  view_class_missing: [/no class NoSuchView in test-failing@1\.2\.3/, /different versions/],
  model_throws: [
    /ThrowingModel \(test-failing@1\.2\.3\).*the model cannot be made/s,
    /the widget's own/,
  ],
  render_throws: [
    /ThrowingView \(test-failing@1\.2\.3\).*the view cannot be drawn/s,
    /the widget's own/,
  ],
  module_throws: [
    /test-throwing@1\.2\.3.*the module cannot be run/s,
    /cannot be run.*another version/,
  ],
  wrong_version: [
    /LabelModel \(@jupyter-widgets\/controls@2\.0\.0\).*widget protocol "3\.0\.0", but 2\.x is spoken here/,
    /ipywidgets 8/,
  ],
  esm_syntax: [
    /cannot load the module \(_esm\).*Unexpected end of input/s,
    /ES module that parses/,
  ],
  esm_throws: [/cannot load the module \(_esm\).*the module gave up/s, /ES module that parses/],
  esm_empty: [/exports neither a widget as default nor a render function/, /export default/],
  esm_missing: [
    /cannot load the module \(_esm\).*no\/such\/module\.js/s,
    /served as text\/javascript/,
  ],
  esm_initialize: [/cannot begin/, /in the widget's own module/],
  esm_render: [/cannot draw/, /in the widget's own module/],
};

test.each(Object.keys(SAID))(
  "%s: its place says so, and the rest of the page works",
  async (name) => {
    const [said, advice] = SAID[name] ?? [];
    const { page, faults } = await openUrl(`${inject("failuresUrl")}/?case=${name}`, {
      prepare: (page) => void page.clock.install(),
    });
    await page.route(/cdn\.jsdelivr\.net/, (route) => route.fulfill({ status: 404 }));
    const alert = page.locator(`#${name} [role=alert]`);
    await expectInTime(page, alert);
    expect(await alert.textContent()).toMatch(said ?? "");
    expect(await alert.locator(".shiny-comm-error-advice").textContent()).toMatch(advice ?? "");
    expect(await page.locator("[role=alert]").count()).toBe(1);
    expect((await page.locator(`#${name}`).boundingBox())?.height).toBeLessThan(250);

    // The others work, and nothing was thrown into Shiny: it would show an overlay.
    await page.locator("#slider .noUi-handle").press("ArrowRight");
    await expectText(page, "#slider .widget-readout", "3");
    expect(await page.locator("shiny-error-console").count()).toBe(0);
    const reports = faults.filter((fault) => fault.includes("[shiny-comm]"));
    expect(reports).toHaveLength(1);
    expect(faults.filter((fault) => fault.startsWith("uncaught"))).toEqual([]);

    await page.click("#go");
    await expectText(page, `#${name} .widget-label`, "a later render");
    expect(await page.locator(`#${name} [role=alert]`).count()).toBe(0);
    expect(faults.filter((fault) => fault.includes("[shiny-comm]"))).toHaveLength(1);
    await page.close();
  },
);

test("child_missing: the child's place says so, what is beside it is shown, and a later render mends it", async () => {
  const { page, faults } = await openUrl(`${inject("failuresUrl")}/?case=child_missing`, {
    prepare: (page) => void page.clock.install(),
  });
  const alert = page.locator("#child_missing [role=alert]");
  await expectInTime(page, alert);
  expect(await alert.textContent()).toMatch(/0{32}.*within 10 s.*inside the server function/s);
  await expectText(page, "#child_missing .widget-label", "beside it");
  expect(faults).toHaveLength(1);
  await page.click("#go");
  await expectText(page, "#child_missing .widget-label", "a later render");
  expect(await page.locator("#child_missing [role=alert]").count()).toBe(0);
  await page.close();
});

test.each(["", "&dark=1"])(
  "the alert can be read on the page's own ground, light or dark: %s",
  async (theme) => {
    const { page } = await openUrl(`${inject("failuresUrl")}/?case=esm_empty${theme}`);
    await page.locator("#esm_empty [role=alert]").waitFor();
    const contrasts = await page.locator("#esm_empty [role=alert] > *").evaluateAll((lines) => {
      const channels = (color: string): number[] =>
        (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
      const luminance = (color: string): number => {
        const [r = 0, g = 0, b = 0] = channels(color).map((value) => {
          const part = value / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      return lines.map((line) => {
        const ground = getComputedStyle(line.parentElement as HTMLElement).backgroundColor;
        const [light = 1, dark = 0] = [
          luminance(getComputedStyle(line).color),
          luminance(ground),
        ].sort((a, b) => b - a);
        return (light + 0.05) / (dark + 0.05);
      });
    });
    expect(contrasts).toHaveLength(3);
    for (const contrast of contrasts) expect(contrast).toBeGreaterThan(4.5);
    await page.close();
  },
);
