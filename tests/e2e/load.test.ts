/** A server under load: a small version of `npm run reliability -- server`, with its bars. */
import { expect, test } from "vitest";
import { load, part } from "../../reliability/parts/server.mjs";

test("sessions, renders and a hostile page leave nothing behind, reach no other session, and write few lines", {
  timeout: 900_000,
}, async () => {
  const figures = await load("shiny-comm", 0.05);
  const missed = Object.entries(part.bars).filter(([figure, holds]) => {
    const value = figures[figure];
    return value === undefined || !holds(value);
  });
  expect(missed.map(([figure]) => [figure, figures[figure]])).toEqual([]);
  expect(figures["re-renders of a figure"]).toBe(500);
});
