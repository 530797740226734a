/** Sends malformed messages one by one, and measures their effect on the page with each client. */
import { faultsOf, sendAll } from "../../tests/hostile/page.mjs";

const none = (value) => value === 0;

/** @type {import("../run.mjs").Part} */
export const part = {
  title: "Malformed messages (how many of them …)",
  async measure(harness, client) {
    const url = `${harness.url}/?case=hostile&client=${client}`;
    // A shorter timeout for a client that does not report a message, or no longer works after it.
    const patience = client === "stock" ? { goodMs: 3_000, reportMs: 300, lateMs: 12_000 } : {};
    const { outcomes, overlay } = await sendAll(harness.browser, url, patience);
    if (client === "shiny-comm") {
      for (const outcome of outcomes) {
        for (const fault of faultsOf(outcome)) console.error(`${outcome.name}: ${fault}`);
      }
    }
    const count = (is) => outcomes.filter(is).length;
    return {
      "messages sent": outcomes.length,
      "throw into Shiny's message loop": count(({ thrown }) => thrown.length > 0),
      "end as uncaught errors": count(({ uncaught }) => uncaught.length > 0),
      "change a prototype": count(({ polluted }) => polluted.length > 0),
      "keep the next good one from working": count(({ alive }) => !alive),
      "are reported more than once": count(({ reports }) => reports.length > 1),
      "must be reported, and are not": count(
        ({ error, reports }) => error !== null && reports.length === 0,
      ),
      "are not reported as they should be": count((outcome) => faultsOf(outcome).length > 0),
      "console errors": outcomes.reduce((sum, { reports }) => sum + reports.length, 0),
      "overlays of Shiny": overlay ? 1 : 0,
    };
  },
  bars: {
    "messages sent": (value) => value >= 54,
    "throw into Shiny's message loop": none,
    "end as uncaught errors": none,
    "change a prototype": none,
    "keep the next good one from working": none,
    "are reported more than once": none,
    "must be reported, and are not": none,
    "are not reported as they should be": none,
    "overlays of Shiny": none,
  },
};
