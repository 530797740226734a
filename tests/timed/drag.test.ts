/** A slow server is never flooded: what a user does reaches it in time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "../../reliability/harness.mjs";
import { measureDrag, part } from "../../reliability/parts/drag.mjs";

describe.each([
  ["echoes", "1"],
  ["does not echo", "0"],
])("before a server that needs 100 ms an update and %s", (_how, echo) => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ env: { JUPYTER_WIDGETS_ECHO: echo } });
  });
  afterAll(() => harness?.stop());

  test("a drag leaves no queue behind it, two sliders do not starve each other, no character is lost", async () => {
    const figures = await measureDrag(harness, "shiny-comm");
    for (const [figure, holds] of Object.entries(part.bars)) {
      const value = figures[figure as keyof typeof figures];
      expect([figure, value, holds(value as never)]).toEqual([figure, value, true]);
    }
  });
});
