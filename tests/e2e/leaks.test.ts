/** Nothing stays behind: a few re-renders of each kind of widget, and a short soak of all at once. */
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

test.each(KINDS)(
  "re-renders leave nothing behind, and write no error to the console (%s)",
  async (kind) => {
    const size = { warmUp: 10, samples: 3, each: 6 };
    const { grown, steps, errors } = await measureKind(steady, "shiny-comm", kind, size);
    expect(misses(grown, steps)).toEqual([]);
    expect(errors).toEqual([]);
  },
);

test("a short soak, with failing widgets and reconnects among it, leaves nothing behind", async () => {
  const soaked = await soak(harness, { seed: 4, ms: 15_000, samples: 4 });
  expect(soaked.errors).toEqual([]);
  expect(soaked.misses).toEqual([]);
}, 300_000);
