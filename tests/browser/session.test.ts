/** An ended session leaves nothing on a page with an in-memory Shiny. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPage, sessionStarted, useBrowser } from "./in-memory.js";

useBrowser();

interface PageGlobals {
  send(kind: string, comm_id: string, content: unknown): void;
  openAfm(id: string, esm: string, state?: unknown): void;
  show(id: string, el: string): void;
  jQuery(target: unknown): { trigger(event: unknown): void };
}

/** Triggers the runtime's event of a new session. */
const connect = (page: Page) =>
  page.evaluate(() => {
    const { jQuery } = globalThis as unknown as PageGlobals;
    jQuery(document).trigger("shiny:connected");
  });

const firstFrame = (page: Page) =>
  page.evaluate(() => {
    const { jQuery } = globalThis as unknown as PageGlobals;
    const config = { sessionId: "next" };
    jQuery(document).trigger({ type: "shiny:message", message: { config } });
  });

const SHOWS_NAME =
  "export default { render({ model, el }) { el.innerHTML = '<b>' + model.get('name') + '</b>'; } }";

const openNamed = (page: Page, id: string, el: string) =>
  page.evaluate(
    ([id, el, esm]) => {
      const { openAfm, show } = globalThis as unknown as PageGlobals;
      openAfm(id, esm, { name: id });
      show(id, el);
    },
    [id, el, SHOWS_NAME] as const,
  );

test("models, children and layouts that an old session waited for cause no error in the new session", async () => {
  const { page, errors, uncaught } = await openPage();
  const warnings: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "warning") warnings.push(message.text());
  });
  await page.clock.install();
  await page.reload();
  await sessionStarted(page);
  await page.evaluate((esm) => {
    const { send, openAfm, show } = globalThis as unknown as PageGlobals;
    show("never-opened", "a");
    openAfm("with-layout", esm, { layout: "IPY_MODEL_strange" });
    show("with-layout", "b");
    send("msg", "early", { data: { method: "custom", content: 1 } });
  }, SHOWS_NAME);
  await page.waitForFunction(() => document.querySelectorAll(".shiny-comm-loading").length === 2);
  // The client sets this symbol after its code has loaded.
  await page.waitForFunction(() => Symbol.for("shiny-comm") in globalThis);
  await connect(page);
  await page.clock.fastForward(60_000);
  await openNamed(page, "new", "a");
  await expect.poll(() => page.locator("#a").textContent()).toBe("new");
  await page.clock.fastForward(60_000);
  expect(errors).toEqual([]);
  expect(warnings).toEqual([]);
  expect(uncaught).toEqual([]);
  await page.close();
});

test("late messages of an old session are dropped at the first frame of the new session", async () => {
  const { page, errors } = await openPage();
  await openNamed(page, "old", "a");
  await expect.poll(() => page.locator("#a b").textContent()).toBe("old");
  await connect(page);
  await openNamed(page, "late", "b");
  await expect.poll(() => page.locator("#b b").textContent()).toBe("late");
  await firstFrame(page);
  await expect.poll(() => page.locator("b").count()).toBe(0);
  await openNamed(page, "new", "a");
  await expect.poll(() => page.locator("#a b").textContent()).toBe("new");
  expect(errors).toEqual([]);
  await page.close();
});

test("a loading sign keeps the height of the old widget until the new session's widget is drawn", async () => {
  const { page } = await openPage();
  await page.evaluate(
    (esm) => {
      const { openAfm, show } = globalThis as unknown as PageGlobals;
      openAfm("tall", esm, { name: "tall" });
      show("tall", "a");
    },
    SHOWS_NAME.replace("<b>", '<b style="display:block;height:345px">'),
  );
  await expect.poll(() => page.locator("#a b").count()).toBe(1);
  const height = () => page.locator("#a").evaluate((el) => el.getBoundingClientRect().height);
  const before = await height();
  expect(before).toBeGreaterThanOrEqual(345);
  await connect(page);
  expect(await page.locator("#a b").count()).toBe(0);
  expect(await page.locator("#a [role=status]").count()).toBe(1);
  expect(await height()).toBeCloseTo(before, 0);
  await openNamed(page, "new", "a");
  await expect.poll(() => page.locator("#a").textContent()).toBe("new");
  await expect.poll(height).toBeLessThan(100);
  await page.close();
});

test("a widget that sends and saves in its clean-up sends nothing to the new session, and logs nothing", async () => {
  const { page, errors, uncaught } = await openPage();
  const warnings: string[] = [];
  page.on("console", (message) => warnings.push(message.text()));
  await page.evaluate(() => {
    const { openAfm, show } = globalThis as unknown as PageGlobals;
    openAfm(
      "talker",
      `export default { render({ model, el }) {
        el.innerHTML = "<b>talker</b>";
        return () => {
          model.set("name", "ended");
          model.save_changes();
          model.send("ended");
        };
      } }`,
      { name: "" },
    );
    show("talker", "a");
  });
  await expect.poll(() => page.locator("#a b").count()).toBe(1);
  await connect(page);
  await expect.poll(() => page.locator("#a b").count()).toBe(0);
  expect(await page.evaluate(() => (globalThis as unknown as { sent: unknown[] }).sent)).toEqual(
    [],
  );
  expect([...errors, ...warnings, ...uncaught]).toEqual([]);
  await page.close();
});
