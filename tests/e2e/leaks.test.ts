/** Leaks: a few renders of each kind of widget, and a short soak of all kinds together. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "../../reliability/harness.mjs";
import { KINDS, measureKind, misses, STEADY_HEAP } from "../../reliability/parts/leaks.mjs";
import { soak } from "../../reliability/soak.mjs";

let harness: Harness;
let steady: Harness;

beforeAll(async () => {
  harness = await startHarness();
  steady = await harness.withFlags(STEADY_HEAP);
});
afterAll(async () => {
  await steady?.stop();
  await harness?.stop();
});

test.each(KINDS)("renders leave no object behind, and log no error (%s)", async (kind) => {
  const size = { warmUp: 10, samples: 3, each: 6 };
  const { grown, steps, errors } = await measureKind(steady, "shiny-comm", kind, size);
  expect(misses(grown, steps)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a short soak with failing widgets and reconnects leaves no object behind", async () => {
  const soaked = await soak(harness, { seed: 4, ms: 15_000, samples: 4 });
  expect(soaked.errors).toEqual([]);
  expect(soaked.misses).toEqual([]);
}, 300_000);
