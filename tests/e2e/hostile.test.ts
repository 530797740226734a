/** Malformed messages through the real Shiny runtime's own message loop: none does harm, each is reported once. */
import { chromium } from "playwright-core";
import { expect, inject, test } from "vitest";
import { faultsOf, sendAll } from "../hostile/page.mjs";

test("no malformed message throws into Shiny, is uncaught, changes a prototype or stops the next; each is reported once, by its class, naming its comm", {
  timeout: 600_000,
}, async () => {
  const browser = await chromium.connect(inject("browserEndpoint"));
  const { outcomes, overlay, shown } = await sendAll(
    browser,
    `${inject("failuresUrl")}/?case=hostile`,
  );
  const faults = outcomes.flatMap((outcome) =>
    faultsOf(outcome).map((fault: string) => `${outcome.name}: ${fault}`),
  );
  expect(shown).toEqual(["slider", "label", "box", "out"]);
  expect(faults).toEqual([]);
  expect(overlay).toBe(false);
  expect(outcomes.length).toBeGreaterThan(250);
  await browser.close();
});
