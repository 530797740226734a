/** Malformed messages in the message loop of the real Shiny runtime: each is harmless, and reported once. */
import { chromium } from "playwright-core";
import { expect, inject, test } from "vitest";
import { faultsOf, sendAll } from "../hostile/page.mjs";

test("a malformed message is reported once with its comm, and does not throw, change a prototype or stop the next message", {
  timeout: 1_200_000,
}, async () => {
  const browser = await chromium.connect(inject("browserEndpoint"));
  const { outcomes, overlay, shown } = await sendAll(
    browser,
    `${inject("failuresUrl")}/?case=hostile`,
    { goodMs: 30_000, reportMs: 20_000 },
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
