/**
 * Measures leaks after each re-render, for each kind of widget: heap, nodes, listeners, models,
 * comms, blob URLs.
 */

/** @typedef {import("../harness.mjs").Harness} Harness */
/** @typedef {import("../harness.mjs").Client} Client */
/** @typedef {import("../harness.mjs").OpenPage} OpenPage */

/**
 * The objects that remain after a garbage collection.
 *
 * @typedef {object} Sample
 * @property {number} heap the size of V8's heap, in bytes
 * @property {number} nodes DOM nodes, including nodes outside of documents
 * @property {number} listeners DOM listeners
 * @property {number} models models of the widget manager
 * @property {number} comms open comms
 * @property {number} blobs blob URLs that were not revoked
 * @property {number} kept instances of widget models and views, registered or not
 */

/** @type {(keyof Sample)[]} */
export const FIGURES = ["heap", "nodes", "listeners", "models", "comms", "blobs", "kept"];

/**
 * The maximum growth per re-render. The bar of counts is 0: a slope over dozens of re-renders is 0
 * if less than one object in twenty remains.
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
 * V8's heap also contains machine code and type feedback, which vary by hundreds of kilobytes and
 * would hide leaks. With these flags, the cost of a function is constant from its first run.
 */
export const STEADY_HEAP = [
  "--no-opt",
  "--no-maglev",
  "--no-sparkplug",
  "--no-lazy-feedback-allocation",
  "--no-flush-bytecode",
];

/** Kinds that each command renders again; see `cases/leaks.py`. */
const MADE = ["box", "nested", "plotly", "map", "anywidget", "shared"];
const LIVE = ["children", "unseen", "updates"];

/** The share of re-renders for kinds with expensive ones. @type {Record<string, number>} */
const SHARE = { plotly: 0.35 };

/** The number of children is the remainder of the command by this. */
const ROUND = 3;

/** The measured kinds; `text` is an output of Shiny, to measure its share. */
export const KINDS = ["text", ...MADE, ...LIVE];

/** Opens the page of the case. @type {(harness: Harness, client: Client) => Promise<OpenPage>} */
export async function openLeaks(harness, client) {
  return harness.open("leaks", client, prepare);
}

/** Runs first in the page: counts the valid blob URLs, and the renders of each kind. */
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
 * Renders or changes an output several times, each after the previous one is drawn.
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

/** Waits until Shiny is idle and no output waits for its reveal. */
export async function atRest(page) {
  await page.waitForFunction(
    () =>
      !document.documentElement.classList.contains("shiny-busy") &&
      [...document.querySelectorAll(".shiny-ipywidget-output")].every(
        (output) => output.style.visibility !== "hidden" || output.childElementCount === 0,
      ),
  );
}

/** Inspects a page with Chromium's developer tools. @param {OpenPage} opened */
export async function startProbe({ page }) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  await cdp.send("HeapProfiler.enable");
  return { cdp, sample: () => sample(page, cdp) };
}

/** The noise between two samples. @type {Record<keyof Sample, number>} */
const NOISE = { heap: 16_384, nodes: 8, listeners: 1, models: 0, comms: 0, blobs: 0, kept: 1 };

/** The time for timers and pending promises to release objects, in ms. */
const LINGER_MS = 10_000;

/**
 * Takes a sample without temporary objects: a figure above its bar is measured again for a while,
 * because a leak is permanent.
 *
 * @param {{ sample: () => Promise<Sample> }} probe
 * @param {Sample | undefined} before
 * @param {number} steps the number of steps since `before`
 * @returns {Promise<Sample>}
 */
export async function lastingSample(probe, before, steps) {
  const deadline = performance.now() + LINGER_MS;
  for (;;) {
    const sample = await probe.sample();
    const grown = before
      ? FIGURES.filter(
          (figure) => sample[figure] - before[figure] > BARS[figure] * steps + NOISE[figure],
        )
      : [];
    if (grown.length === 0 || performance.now() > deadline) return sample;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** @returns {Promise<Sample>} */
async function sample(page, cdp) {
  // The developer tools keep messages of the console, with all objects in them.
  await cdp.send("Runtime.discardConsoleEntries");
  let metrics = await collect(page, cdp);
  // A collection can make more objects collectable.
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
  // Waits for a turn of the event loop, which runs finalizers.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  const { metrics } = await cdp.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** Counts live objects on the heap, with the same method for both clients. */
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
 * Returns the growth per step: the median of the slopes between all pairs of samples, which is
 * robust against outliers.
 *
 * @param {number[]} at the number of steps at each sample
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
 * Returns the growth of each figure per step.
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
 * Returns the figures whose growth exceeds their bar and the usual noise.
 *
 * @param {Sample} grown the growth per step
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
 * @property {Sample} grown the growth per re-render
 * @property {string[]} errors uncaught errors and errors in the console, of all re-renders
 * @property {number} renders the number of all re-renders
 * @property {number} steps the number of re-renders in the growth
 */

/**
 * Measures one kind in a new page.
 *
 * @param {Harness} harness
 * @param {Client} client
 * @param {string} kind
 * @param {{ warmUp?: number, samples?: number, each?: number }} [size] `each` is the number of
 * re-renders between two samples
 * @returns {Promise<Measured>}
 */
export async function measureKind(
  harness,
  client,
  kind,
  { warmUp = 30, samples = 6, each = 15 } = {},
) {
  const share = SHARE[kind] ?? 1;
  // Complete rounds, so that all samples measure the same state.
  const round = kind === "children" ? ROUND : 1;
  const times = (number) => Math.max(1, Math.round((number * share) / round)) * round;
  const step = times(each);
  const opened = await openLeaks(harness, client);
  try {
    const probe = await startProbe(opened);
    const first = times(warmUp);
    await renderTimes(opened.page, kind, first);
    const at = [0];
    const measured = [await probe.sample()];
    for (let index = 0; index < samples; index += 1) {
      await renderTimes(opened.page, kind, step);
      at.push((index + 1) * step);
      measured.push(await lastingSample(probe, measured.at(-1), step));
      if (process.env.LEAKS_TRACE)
        console.error(client, kind, at.at(-1), JSON.stringify(measured.at(-1)));
    }
    return {
      grown: growth(at, measured),
      errors: [...opened.errors, ...opened.uncaught],
      renders: first + samples * step,
      steps: samples * step,
    };
  } finally {
    await opened.page.close();
  }
}

/** Formats a figure: bytes as integers, counts with two decimal places. */
export function rounded(figure, value) {
  return figure === "heap" ? Math.round(value) : Math.round(value * 100) / 100 + 0;
}

/** Returns the name of a figure in the table. */
function label(kind, figure) {
  return `${kind}: ${figure === "heap" ? "heap (bytes)" : figure} a re-render`;
}

/** @type {{ title: string, measure: (harness: Harness, client: Client) => Promise<Record<string, number | string>>, bars: Record<string, (value: number) => boolean> }} */
export const part = {
  title: "Growth per re-render",
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
          const reason = /"render \d+\." was not drawn/.exec(String(error))?.[0] ?? String(error);
          figures[`${kind}: re-renders`] = reason;
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
