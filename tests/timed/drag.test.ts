/** A slow server is never flooded: a user's changes reach it in time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "../../reliability/harness.mjs";
import { measureDrag, part } from "../../reliability/parts/drag.mjs";

const SERVERS = { echoes: "1", "does not echo": "0" };
type How = keyof typeof SERVERS;

const harnesses = new Map<How, Harness>();

beforeAll(async () => {
  const names = Object.keys(SERVERS) as How[];
  await Promise.all(
    names.map(async (how) => {
      const env = { JUPYTER_WIDGETS_ECHO: SERVERS[how] };
      harnesses.set(how, await startHarness({ env }));
    }),
  );
});
afterAll(() => Promise.all([...harnesses.values()].map((harness) => harness.stop())));

describe.concurrent("a server that needs 100 ms an update", () => {
  test.each(Object.keys(SERVERS) as How[])(
    "a drag leaves no queue, two sliders share the server, and no character is lost (the server %s)",
    async (how) => {
      const figures = await measureDrag(harnesses.get(how) as Harness, "shiny-comm");
      for (const [figure, holds] of Object.entries(part.bars)) {
        const value = figures[figure as keyof typeof figures];
        expect([figure, value, holds(value as never)]).toEqual([figure, value, true]);
      }
    },
  );
});
