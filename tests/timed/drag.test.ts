/** A slow server is not flooded, and receives a user's changes in time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "../../reliability/harness.mjs";
import { measureDrag, part } from "../../reliability/parts/drag.mjs";

const SERVERS = { echoes: "1", "does not echo": "0" };
type ServerKind = keyof typeof SERVERS;

const harnesses = new Map<ServerKind, Harness>();

beforeAll(async () => {
  const names = Object.keys(SERVERS) as ServerKind[];
  await Promise.all(
    names.map(async (serverKind) => {
      const env = { JUPYTER_WIDGETS_ECHO: SERVERS[serverKind] };
      harnesses.set(serverKind, await startHarness({ env }));
    }),
  );
});
afterAll(() => Promise.all([...harnesses.values()].map((harness) => harness.stop())));

describe.concurrent("a server that needs 100 ms an update", () => {
  test.each(Object.keys(SERVERS) as ServerKind[])(
    "a drag leaves no queue, two sliders share the server, and no character is lost (the server %s)",
    async (serverKind) => {
      const figures = await measureDrag(harnesses.get(serverKind) as Harness, "shiny-comm");
      for (const [figure, holds] of Object.entries(part.bars)) {
        const value = figures[figure as keyof typeof figures];
        expect([figure, value, holds(value as never)]).toEqual([figure, value, true]);
      }
    },
  );
});
