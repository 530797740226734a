/** Widgets that fail because of what a server serves, and how errors look. tests/widgets/failures.test.ts has the other failures. */
import { expect, inject, test } from "vitest";
import { expectInTime, expectText, openUrl, useBrowser } from "./page.js";

useBrowser();

/** The text of each error, and the advice at its end. */
const SAID: Record<string, [said: RegExp, advice: RegExp]> = {
  module_missing: [
    /MissingModel \(no-such-widget@1\.2\.3\).*nbextensions.*cdn/s,
    /app's server has the widget's Python package/,
  ],
  module_throws: [
    /test-throwing@1\.2\.3.*the module cannot be run/s,
    /failed to run.*another version/,
  ],
  esm_missing: [
    /cannot load the module \(_esm\).*no\/such\/module\.js/s,
    /served as text\/javascript/,
  ],
  esm_render: [/cannot draw/, /in the widget's module/],
};

test.each(Object.keys(SAID))(
  "%s: the output names the failure, and the other widgets work",
  async (name) => {
    const [said, advice] = SAID[name] ?? [];
    const { page, faults } = await openUrl(`${inject("failuresUrl")}/?case=${name}`, {
      prepare: async (page) => {
        await page.clock.install();
        await page.route(/cdn\.jsdelivr\.net/, (route) => route.fulfill({ status: 404 }));
      },
    });
    const alert = page.locator(`#${name} [role=alert]`);
    await expectInTime(page, alert);
    expect(await alert.textContent()).toMatch(said ?? "");
    expect(await alert.locator(".shiny-comm-error-advice").textContent()).toMatch(advice ?? "");
    expect(await page.locator("[role=alert]").count()).toBe(1);
    expect((await page.locator(`#${name}`).boundingBox())?.height).toBeLessThan(250);

    // Shiny shows an overlay for an error that reaches it.
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

test.each(["", "&dark=1"])(
  "an error is readable on the page's background, light or dark: %s",
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
