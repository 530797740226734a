/** The last value always arrives, and nothing overtakes. */
import { expect, inject, test } from "vitest";
import { expectNoFaults, expectText, openUrl, useBrowser } from "./page.js";

useBrowser();

const open = (name: string) => openUrl(`${inject("situationsUrl")}/?case=${name}`);

test("a server that rounds the value has the last word, and no echo moves the handle under the pointer", async () => {
  const watched = await open("clamp");
  const { page } = watched;
  const handle = page.locator("#clamp .noUi-handle");
  await handle.waitFor();
  const box = await handle.boundingBox();
  if (!box) throw new Error("the slider has no place");
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, y);
  await page.mouse.down();
  for (let x = 0; x < 300; x += 3) await page.mouse.move(box.x + x, y);
  await page.mouse.up();
  const shown = async (): Promise<number> => Number(await handle.getAttribute("aria-valuenow"));
  await expect.poll(async () => (await shown()) % 10).toBe(0);
  const value = await shown();
  expect(value).toBeGreaterThan(0);
  await expectText(page, "#clamp_log", String(value));
  expect(await shown()).toBe(value);
  await expectNoFaults(watched);
});

test("custom messages are never dropped, merged or reordered against updates of the same model", async () => {
  const watched = await open("order");
  const { page } = watched;
  await page.locator("#order .orderly").click();
  await expectText(page, "#order_log", /message 18 at 18.*set 20/);
  const log = JSON.parse((await page.locator("#order_log").textContent()) ?? "") as string[];
  const messages = [3, 6, 9, 12, 15, 18];
  expect(log.filter((entry) => entry.startsWith("message"))).toEqual(
    messages.map((n) => `message ${n} at ${n}`),
  );
  expect(log.at(-1)).toBe("set 20");
  // The first, one before each message, and the last: what changes in between is merged.
  expect(log.filter((entry) => entry.startsWith("set"))).toHaveLength(8);
  await expectNoFaults(watched);
});

test("a mouse that moves over a map leaves no queue, and the click arrives after the last move", async () => {
  const watched = await open("moves");
  const { page } = watched;
  const map = page.locator("#moves .leaflet-container");
  await map.waitFor();
  const box = await map.boundingBox();
  if (!box) throw new Error("the map has no place");
  for (let n = 0; n < 100; n += 1) await page.mouse.move(box.x + 50 + 4 * n, box.y + 100);
  await page.mouse.click(box.x + 450, box.y + 100);
  await expectText(page, "#moves_log", /"click"/);
  const log = JSON.parse((await page.locator("#moves_log").textContent()) ?? "") as [
    string,
    [number, number],
  ][];
  const kinds = log.map(([kind]) => kind);
  expect(kinds.filter((kind) => kind === "mousemove").length).toBeLessThan(40);
  const [lastMove] = log.filter(([kind]) => kind === "mousemove").slice(-1);
  const [click] = log.filter(([kind]) => kind === "click");
  expect(lastMove?.[1]).toEqual(click?.[1]);
  expect(kinds.lastIndexOf("mousemove")).toBeLessThan(kinds.indexOf("click"));
  await expectNoFaults(watched);
});
