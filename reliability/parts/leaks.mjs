/** What stays behind after each re-render, of each kind of widget: heap, nodes, listeners, models, comms, blob addresses. */

/** @typedef {import("../harness.mjs").Harness} Harness */
/** @typedef {import("../harness.mjs").Client} Client */
/** @typedef {import("../harness.mjs").OpenPage} OpenPage */

/**
 * What is there after garbage collection.
 *
 * @typedef {object} Sample
 * @property {number} heap of V8, bytes
 * @property {number} nodes of the DOM, those included that are on no document but kept
 * @property {number} listeners of the DOM
 * @property {number} models registered with the widget manager
 * @property {number} comms open
 * @property {number} blobs addresses made and not given back
 * @property {number} kept instances of widget models and views, registered or not
 */

/** @type {(keyof Sample)[]} */
export const FIGURES = ["heap", "nodes", "listeners", "models", "comms", "blobs", "kept"];

/**
 * The most that may stay behind a re-render. The counts' bar is 0; a slope over some dozen
 * re-renders is 0 when less than one thing in twenty stays.
 *
 * @type {Record<keyof Sample, number>}
 */
export const BARS = {
  heap: 2048,
  nodes: 0.05,
  listeners: 0.05,
  models: 0.05,
  comms: 0.05,
  blobs: 0.05,
  kept: 0.05,
};

/**
 * V8's heap also holds machine code and what is learnt for it, which come and go as functions are run
 * more or less often: some hundred kilobytes that would hide what is looked for. With these flags
 * a function costs the same from its first run on.
 */
export const STEADY_HEAP = [
  "--no-opt",
  "--no-maglev",
  "--no-sparkplug",
  "--no-lazy-feedback-allocation",
  "--no-flush-bytecode",
];

/** Made anew, or changed, at each command; see `cases/leaks.py`. */
const MADE = ["box", "nested", "plotly", "map", "anywidget", "shared"];
const LIVE = ["children", "unseen", "updates"];

/** Kinds whose each re-render costs far more than others' get fewer. @type {Record<string, number>} */
const SHARE = { plotly: 0.35 };

/** Boxes of children have as many as the number's remainder by this. */
const ROUND = 3;

/** The kinds that are measured; `text` is an output of Shiny's own, to tell its share. */
export const KINDS = ["text", ...MADE, ...LIVE];

/** Opens the page of the case. @type {(harness: Harness, client: Client) => Promise<OpenPage>} */
export async function openLeaks(harness, client) {
  return harness.open("leaks", client, prepare);
}

/** Runs in the page before anything else: counts the blob addresses that are in force, and the renders of each kind. */
function prepare() {
  const addresses = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    const address = createObjectURL.call(URL, blob);
    addresses.add(address);
    return address;
  };
  URL.revokeObjectURL = (address) => {
    addresses.delete(address);
    revokeObjectURL.call(URL, address);
  };
  Object.defineProperty(globalThis, Symbol.for("blobs"), { value: addresses });
  Object.defineProperty(globalThis, Symbol.for("renders"), { value: {} });
}

/**
 * Has an output made anew, or changed, so many times, each as soon as the one before is drawn.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} kind
 * @param {number} times
 */
export async function renderTimes(page, kind, times) {
  await page.evaluate(
    async ({ kind, times, live }) => {
      const counters = globalThis[Symbol.for("renders")];
      const output = document.getElementById(`leaks_${kind}`);
      const drawn = async (number) => {
        const deadline = performance.now() + 60_000;
        const sign = `render ${number}.`;
        while (!output.textContent.includes(sign)) {
          if (performance.now() > deadline) {
            const shown = output.textContent.slice(0, 200);
            throw new Error(`${kind}: "${sign}" was not drawn within 60 s; there is "${shown}"`);
          }
          await new Promise(requestAnimationFrame);
        }
      };
      if (live && counters[kind] === undefined) {
        Shiny.setInputValue(`leaks_${kind}_made`, 1);
        await drawn(0);
      }
      for (let time = 0; time < times; time += 1) {
        const number = (counters[kind] ?? 0) + 1;
        counters[kind] = number;
        Shiny.setInputValue(`leaks_${kind}`, number);
        await drawn(number);
      }
    },
    { kind, times, live: LIVE.includes(kind) },
  );
  await atRest(page);
}

/** Waits until Shiny has nothing to do and no output waits to be revealed. */
export async function atRest(page) {
  await page.waitForFunction(
    () =>
      !document.documentElement.classList.contains("shiny-busy") &&
      [...document.querySelectorAll(".shiny-ipywidget-output")].every(
        (output) => output.style.visibility !== "hidden" || output.childElementCount === 0,
      ),
  );
}

/** Looks into a page by Chromium's own tools. @param {OpenPage} opened */
export async function startProbe({ page }) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  await cdp.send("HeapProfiler.enable");
  return { cdp, sample: () => sample(page, cdp) };
}

/** What comes and goes between two samples. @type {Record<keyof Sample, number>} */
const NOISE = { heap: 16_384, nodes: 8, listeners: 1, models: 0, comms: 0, blobs: 0, kept: 1 };

/** What only lingers, for a timer or a promise under way, is given so long to go, in ms. */
const LINGER_MS = 3_000;

/**
 * A sample in which nothing lingers: what has grown by more than its bar is looked at again, for a
 * while. A leak is there to stay.
 *
 * @param {{ sample: () => Promise<Sample> }} probe
 * @param {Sample | undefined} before
 * @param {number} steps made since then
 * @returns {Promise<Sample>}
 */
export async function lastingSample(probe, before, steps) {
  const deadline = performance.now() + LINGER_MS;
  for (;;) {
    const taken = await probe.sample();
    const grown = before
      ? FIGURES.filter(
          (figure) => taken[figure] - before[figure] > BARS[figure] * steps + NOISE[figure],
        )
      : [];
    if (grown.length === 0 || performance.now() > deadline) return taken;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** @returns {Promise<Sample>} */
async function sample(page, cdp) {
  // The tools keep what was written to the console, with all that it refers to.
  await cdp.send("Runtime.discardConsoleEntries");
  let metrics = await collect(page, cdp);
  // What is given free by one collection may set the next thing free.
  for (let round = 0; round < 5; round += 1) {
    const next = await collect(page, cdp);
    const settled = metrics.JSHeapUsedSize - next.JSHeapUsedSize < 1024;
    metrics = next;
    if (settled && round > 0) break;
  }
  const counts = await page.evaluate(() => ({
    blobs: globalThis[Symbol.for("blobs")].size,
  }));
  return {
    heap: metrics.JSHeapUsedSize,
    nodes: metrics.Nodes,
    listeners: metrics.JSEventListeners,
    ...counts,
    ...(await instances(cdp)),
  };
}

async function collect(page, cdp) {
  await cdp.send("HeapProfiler.collectGarbage");
  // A turn of the event loop, for what is done when an object is gone.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  const { metrics } = await cdp.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** Counts what lives by going through the heap, in the same way for both clients. */
async function instances(cdp) {
  const objectGroup = "leaks";
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await cdp.send("Runtime.evaluate", {
      expression,
      objectGroup,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.objectId;
  };
  const onObject = async (objectId, declaration, args = []) => {
    const { result } = await cdp.send("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: declaration,
      arguments: args.map((id) => ({ objectId: id })),
      returnByValue: true,
    });
    return result.value;
  };
  try {
    const base = await evaluate(`(async () => {
      const client = globalThis[Symbol.for("shiny-comm")];
      if (client) return client.modules.load("@jupyter-widgets/base", "*");
      return new Promise((done) => requirejs(["@jupyter-widgets/base"], done, () => done({})));
    })()`);
    const all = async (name) => {
      const { result } = await cdp.send("Runtime.callFunctionOn", {
        objectId: base,
        functionDeclaration: `function () { return this.${name}?.prototype ?? null; }`,
        objectGroup,
      });
      const { objects } = await cdp.send("Runtime.queryObjects", {
        prototypeObjectId: result.objectId,
        objectGroup,
      });
      return objects.objectId;
    };
    const models = await all("WidgetModel");
    const views = await all("WidgetView");
    return await onObject(
      models,
      `function (views) {
        // Prototypes of classes are found too; they have no id of their own.
        const models = this.filter((model) => Object.hasOwn(model, "widget_manager"));
        const client = globalThis[Symbol.for("shiny-comm")];
        const managers = new Set(models.map((model) => model.widget_manager));
        const registered = client
          ? client.widgets.modelIds().length
          : [...managers].reduce((sum, { _models }) => sum + Object.keys(_models).length, 0);
        const comms = client
          ? client.connection.commIds().length
          : new Set(models.map((model) => model.comm).filter(Boolean)).size;
        return {
          models: registered,
          comms,
          kept: models.length + views.filter((view) => Object.hasOwn(view, "cid")).length,
        };
      }`,
      [views],
    );
  } finally {
    await cdp.send("Runtime.releaseObjectGroup", { objectGroup });
  }
}

/**
 * The growth a step: the median of the slopes between all pairs of samples, which single strange
 * samples do not move.
 *
 * @param {number[]} at how many steps had been made at each sample
 * @param {number[]} values
 */
export function slope(at, values) {
  const slopes = [];
  for (let i = 0; i < at.length; i += 1) {
    for (let j = i + 1; j < at.length; j += 1) {
      if (at[j] > at[i]) slopes.push((values[j] - values[i]) / (at[j] - at[i]));
    }
  }
  slopes.sort((a, b) => a - b);
  const middle = slopes.length / 2;
  return slopes.length % 2 === 1
    ? slopes[Math.floor(middle)]
    : (slopes[middle - 1] + slopes[middle]) / 2;
}

/**
 * The growth of every figure a step.
 *
 * @param {number[]} at
 * @param {Sample[]} samples
 * @returns {Sample}
 */
export function growth(at, samples) {
  const slopes = FIGURES.map((figure) => [
    figure,
    slope(
      at,
      samples.map((each) => each[figure]),
    ),
  ]);
  return Object.fromEntries(slopes);
}

/**
 * The figures that grow by more than their bar, and by more in all than comes and goes anyway.
 *
 * @param {Sample} grown a step
 * @param {number} steps
 * @returns {string[]}
 */
export function misses(grown, steps) {
  return FIGURES.filter(
    (figure) => grown[figure] * steps > BARS[figure] * steps + NOISE[figure],
  ).map((figure) => `${figure}: ${grown[figure]} a step, the bar is ${BARS[figure]}`);
}

/**
 * @typedef {object} Measured
 * @property {Sample} grown a re-render
 * @property {string[]} errors of the console and uncaught, of all re-renders
 * @property {number} renders how many there were in all
 * @property {number} steps how many of them the growth was seen over
 */

/**
 * Measures one kind in a page of its own.
 *
 * @param {Harness} harness
 * @param {Client} client
 * @param {string} kind
 * @param {{ warmUp?: number, samples?: number, each?: number }} [size] `each`: re-renders between two samples
 * @returns {Promise<Measured>}
 */
export async function measureKind(
  harness,
  client,
  kind,
  { warmUp = 30, samples = 6, each = 15 } = {},
) {
  const share = SHARE[kind] ?? 1;
  // Whole rounds of what changes by turns, so that all samples see the same state.
  const round = kind === "children" ? ROUND : 1;
  const times = (number) => Math.max(1, Math.round((number * share) / round)) * round;
  const step = times(each);
  const opened = await openLeaks(harness, client);
  try {
    const probe = await startProbe(opened);
    const first = times(warmUp);
    await renderTimes(opened.page, kind, first);
    const at = [0];
    const taken = [await probe.sample()];
    for (let index = 0; index < samples; index += 1) {
      await renderTimes(opened.page, kind, step);
      at.push((index + 1) * step);
      taken.push(await lastingSample(probe, taken.at(-1), step));
      if (process.env.LEAKS_TRACE)
        console.error(client, kind, at.at(-1), JSON.stringify(taken.at(-1)));
    }
    return {
      grown: growth(at, taken),
      errors: [...opened.errors, ...opened.uncaught],
      renders: first + samples * step,
      steps: samples * step,
    };
  } finally {
    await opened.page.close();
  }
}

/** What is printed of a figure: bytes whole, counts to a hundredth. */
export function rounded(figure, value) {
  return figure === "heap" ? Math.round(value) : Math.round(value * 100) / 100 + 0;
}

/** A figure's name in the table. */
function label(kind, figure) {
  return `${kind}: ${figure === "heap" ? "heap (bytes)" : figure} a re-render`;
}

/** @type {{ title: string, measure: (harness: Harness, client: Client) => Promise<Record<string, number | string>>, bars: Record<string, (value: number) => boolean> }} */
export const part = {
  title: "What each re-render leaves behind",
  async measure(harness, client) {
    /** @type {Record<string, number | string>} */
    const figures = {};
    const steady = await harness.withFlags(STEADY_HEAP);
    try {
      for (const kind of KINDS) {
        try {
          const { grown, errors, renders } = await measureKind(steady, client, kind);
          figures[`${kind}: re-renders`] = renders;
          for (const figure of FIGURES) {
            figures[label(kind, figure)] = rounded(figure, grown[figure]);
          }
          figures[`${kind}: console errors`] = errors.length;
        } catch (error) {
          // A client that stops drawing has no figures.
          const said = /"render \d+\." was not drawn/.exec(String(error))?.[0] ?? String(error);
          figures[`${kind}: re-renders`] = said;
        }
      }
    } finally {
      await steady.stop();
    }
    return figures;
  },
  bars: Object.fromEntries(
    KINDS.flatMap((kind) => [
      [`${kind}: re-renders`, (value) => Number.isInteger(value)],
      [`${kind}: console errors`, (value) => value === 0],
      ...FIGURES.map((figure) => [label(kind, figure), (value) => value <= BARS[figure]]),
    ]),
  ),
};
