/** Measures small updates, from Shiny's socket to the `change` event of the model. */
import { withProbe } from "./probe.mjs";

const micro = { unit: "µs", better: "lower", digits: 1 };

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  {
    name: "messages-burst",
    runs: 5,
    figures: {
      "messages-burst": {
        title: "small update, message in → `change` event (5,000 in a burst)",
        bar: 1,
        goal: 1.3,
        ...micro,
      },
      "messages-burst-shiny": { title: "… in Shiny's dispatch", floor: true, ...micro },
    },
    measure: (bench, client) => burst(bench, client, "messages-burst", 1, 5_000),
  },
  {
    name: "messages-host",
    runs: 5,
    figures: {
      "messages-host": {
        title: "small update on a socket like that of Shiny Server (5,000 in a burst)",
        bar: 1,
        goal: 1.3,
        ...micro,
      },
    },
    measure: (bench, client) => burst(bench, client, "messages-host", 1, 5_000, { hosted: true }),
  },
  {
    name: "messages-spread",
    runs: 5,
    figures: {
      "messages-spread": {
        title: "10,000 updates spread over 500 models",
        bar: 1,
        goal: 1.5,
        ...micro,
      },
      "messages-spread-shiny": { title: "… in Shiny's dispatch", floor: true, ...micro },
    },
    measure: (bench, client) => burst(bench, client, "messages-spread", 500, 10_000),
  },
];

async function burst(bench, client, name, models, count, options) {
  const { update, dispatch } = await withProbe(
    bench,
    client,
    ({ page }) => page.evaluate(sendBurst, { models, count, turns: 3 }),
    options,
  );
  return { [name]: (1000 * update) / count, [`${name}-shiny`]: (1000 * dispatch) / count };
}

/**
 * Runs in the page: sends updates to models in turn.
 *
 * @returns the median of several bursts, in ms: until the last event, and for Shiny's dispatch of
 * the same frames to an empty handler
 */
export async function sendBurst({ models: modelCount, count, turns }) {
  const { bench, Shiny } = window;
  const { models } = await bench.models(modelCount);
  let value = 0;
  const frames = (type, many) =>
    Array.from({ length: many }, (_, index) => {
      value += 1;
      const { model_id } = models[index % models.length];
      return bench.frame(type, bench.update(model_id, { value }));
    });
  const burst = (many) =>
    new Promise((resolve) => {
      const texts = frames("shinywidgets_comm_msg", many);
      let events = 0;
      const listener = () => {
        events += 1;
        if (events < many) return;
        const ms = performance.now() - start;
        for (const model of models) model.off("change:value", listener);
        resolve(ms);
      };
      for (const model of models) model.on("change:value", listener);
      bench.collect();
      const start = performance.now();
      bench.feed(texts);
    });

  let handled = 0;
  let resolveNothing;
  let expected = 0;
  Shiny.addCustomMessageHandler("bench_nothing", (_message) => {
    handled += 1;
    if (handled === expected) resolveNothing();
  });
  const nothing = async (many) => {
    const texts = frames("bench_nothing", many);
    handled = 0;
    expected = many;
    const done = new Promise((resolve) => {
      resolveNothing = resolve;
    });
    bench.collect();
    const start = performance.now();
    bench.feed(texts);
    await done;
    return performance.now() - start;
  };

  // The first burst warms up the compiler.
  await burst(Math.min(count, 500));
  await nothing(Math.min(count, 500));
  const updates = [];
  const dispatches = [];
  for (let turn = 0; turn < turns; turn += 1) {
    updates.push(await burst(count));
    dispatches.push(await nothing(count));
  }
  return { update: bench.median(updates), dispatch: bench.median(dispatches) };
}
