/** A strict Content-Security-Policy from a real server, and hostile texts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import { expectNoFaults, expectText, openUrl, useBrowser } from "./page.js";

useBrowser();

const STRINGS: string[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "apps/files/xss.json"), "utf8"),
);

const open = (query: string) => openUrl(`${inject("failuresUrl")}/?${query}`);

/** The policy that the server sends for a page. */
async function policyOf(query: string): Promise<string> {
  const response = await fetch(`${inject("failuresUrl")}/?${query}`);
  await response.arrayBuffer();
  return response.headers.get("content-security-policy") ?? "";
}

test("controls, an AMD widget, the Output widget and an anywidget by address work under script-src 'self'", async () => {
  // The policy allows the three inline scripts of Shiny by their hashes, and nothing for the widgets.
  expect(await policyOf("case=csp&csp=strict")).toMatch(/script-src 'self'( 'sha256-[\w+/=]+')+;/);
  const watched = await open("case=csp&csp=strict");
  const { page } = watched;
  await page.locator("#slider .noUi-handle").press("ArrowRight");
  await expectText(page, "#slider .widget-readout", "3");
  await expectText(page, "#amd", "drawn by AMD");
  await expectText(page, "#output b", "bold");
  await expectText(page, "#addressed", "drawn by address");
  // The policy is active: it allows neither a function from text nor a script in the page.
  const ran = await page.evaluate(
    () =>
      new Promise((done) => {
        // The policy does not apply to code of the test, but to code in a later task of the page.
        setTimeout(() => {
          const result = { evaluated: false, inline: false };
          try {
            result.evaluated = new Function("return true")();
          } catch {
            // Refused.
          }
          const script = document.createElement("script");
          script.textContent = "globalThis.inlineRan = true;";
          document.head.append(script);
          result.inline = "inlineRan" in globalThis;
          done(result);
        });
      }),
  );
  expect(ran).toEqual({ evaluated: false, inline: false });
  const ours = watched.faults.filter((fault) => !/violates|Content Security Policy/.test(fault));
  expect(ours).toEqual([]);
  await page.close();
});

test("an anywidget sent as text, such as plotly's, works when script-src also has blob:", async () => {
  expect(await policyOf("case=csp_text&csp=blob")).toMatch(
    /script-src 'self' blob:( 'sha256-[\w+/=]+')+;/,
  );
  const watched = await open("case=csp_text&csp=blob");
  await expectText(watched.page, "#textual", "drawn by text");
  await watched.page.locator("#figure .main-svg").first().waitFor();
  await expectNoFaults(watched);
});

test("an anywidget sent as text names blob: as missing when it is not allowed", async () => {
  const { page } = await open("case=csp_text&csp=strict");
  await expectText(page, "#textual [role=alert]", /script-src needs blob:/);
  await page.close();
});

/** Waits for the controls of all strings; the last of each is an accordion. */
const drawn = (root: Locator) =>
  expect
    .poll(() => root.locator(".widget-accordion").count(), { timeout: 120_000 })
    .toBe(STRINGS.length);

/** Waits until no image, style or animation of the page is pending: a script in it would have run. */
async function quiet(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

/** Triggers the events that would run a script in an element. */
async function provoke(page: Page, root: string): Promise<void> {
  await page.locator(root).evaluate((el) => {
    addEventListener("submit", (event) => event.preventDefault(), true);
    for (const each of el.querySelectorAll<HTMLElement>("*")) {
      for (const type of [
        "mouseover",
        "mouseenter",
        "focus",
        "toggle",
        "animationstart",
        "load",
        "error",
      ]) {
        each.dispatchEvent(new Event(type));
      }
    }
    // Links and buttons that a description may contain; a click on a control is harmless.
    for (const each of el.querySelectorAll<HTMLElement>("a, form button, [onclick]")) each.click();
  });
}

const hacked = (page: Page) =>
  page.evaluate(() => (globalThis as { hacked?: unknown }).hacked ?? null);

/** Elements that no control makes: they come from markup in a text. */
const FOREIGN =
  "script, iframe, object, embed, form, base, meta, link, style, video, audio, marquee, math, template, details";

test("known XSS strings in descriptions, options, titles, tooltips and placeholders stay text", async () => {
  const { page, faults } = await open("case=xss_text");
  const root = page.locator("#xss_text");
  await drawn(root);
  await quiet(page);
  const made = await root.evaluate(
    (el, foreign) =>
      [
        ...el.querySelectorAll(
          `${foreign}, img, svg, a[href], [onerror], [onload], [onclick], [onmouseover]`,
        ),
      ]
        // KaTeX typesets text between dollar signs.
        .filter((each) => !each.closest(".katex"))
        .map((each) => each.outerHTML.slice(0, 200)),
    FOREIGN,
  );
  expect(made).toEqual([]);
  expect(await root.locator('a[href^="javascript" i]').count()).toBe(0);
  await provoke(page, "#xss_text");
  expect(await hacked(page)).toBeNull();
  expect(faults).toEqual([]);
  await page.close();
}, 240_000);

test("a description with description_allow_html is sanitized HTML: no known XSS string runs", async () => {
  const { page, faults } = await open("case=xss_html");
  const root = page.locator("#xss_html");
  await drawn(root);
  await quiet(page);
  const made = await root.evaluate(
    (el, foreign) =>
      [...el.querySelectorAll("*")]
        .filter((each) => !each.closest(".katex"))
        .filter(
          (each) =>
            each.matches(foreign) ||
            [...each.attributes].some(
              ({ name, value }) =>
                name.startsWith("on") || (name === "href" && !/^(https?:|#|mailto:)/.test(value)),
            ),
        )
        .map((each) => each.outerHTML.slice(0, 200)),
    FOREIGN,
  );
  expect(made).toEqual([]);
  // The description is HTML: its harmless elements exist.
  expect(await root.locator("label img").count()).toBeGreaterThan(0);
  await provoke(page, "#xss_html");
  expect(await hacked(page)).toBeNull();
  expect(faults.filter((fault) => !/Failed to load resource/.test(fault))).toEqual([]);
  await page.close();
}, 240_000);

test("input of a visitor never runs: the address, other inputs, messages between windows", async () => {
  const attack = encodeURIComponent("<img src=x onerror=globalThis.hacked=1>");
  const { page } = await open(`case=csp&_esm=${attack}&model_id=${attack}#${attack}`);
  await page.locator("#slider .noUi-handle").waitFor();
  await page.evaluate(() => {
    const open = JSON.stringify({
      content: {
        comm_id: "visitor",
        target_name: "jupyter.widget",
        html_deps: [],
        data: {
          state: {
            _model_name: "AnyModel",
            _model_module: "anywidget",
            _model_module_version: "~0.11.0",
            _esm: "globalThis.hacked = 2; export default { initialize() { globalThis.hacked = 3; } };",
          },
          buffer_paths: [],
        },
      },
      metadata: { version: "2.1.0" },
      buffers: [],
    });
    for (const data of [open, { custom: { shinywidgets_comm_open: open } }]) postMessage(data, "*");
    const { Shiny } = window as unknown as {
      Shiny: { setInputValue(name: string, value: unknown): void };
    };
    Shiny.setInputValue("shinywidgets_comm_open", open);
  });
  // A full turn to the server and back.
  await page.locator("#slider .noUi-handle").press("ArrowRight");
  await expectText(page, "#slider .widget-readout", "3");
  await page.click("#go");
  await quiet(page);
  expect(await hacked(page)).toBeNull();
  await page.close();
});
