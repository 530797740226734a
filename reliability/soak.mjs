/**
 * `npm run soak`: runs random operations of a seed on one page, for minutes, and prints growing
 * figures.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startHarness } from "./harness.mjs";
import {
  atRest,
  BARS,
  FIGURES,
  growth,
  lastingSample,
  misses,
  openLeaks,
  renderTimes,
  rounded,
  STEADY_HEAP,
  startProbe,
} from "./parts/leaks.mjs";

/** @typedef {import("./harness.mjs").Harness} Harness */
/** @typedef {import("./harness.mjs").OpenPage} OpenPage */
/** @typedef {import("./parts/leaks.mjs").Sample} Sample */

/** Messages of the widgets that fail on purpose, in the console of both clients. */
const ON_PURPOSE = [
  /failing on purpose/,
  /NoSuch(Model|View)/,
  // A map or a figure sends messages without a session.
  /CommError \[NOT_CONNECTED\]/,
];

const VIEWPORT = { width: 1000, height: 800 };

/** All outputs, with all the ways to change them. @typedef {{ page: import("playwright-core").Page, random: Random, hidden: Set<string> }} Stage */

/**
 * The operations and their weights. Each operation resolves when its effect is visible.
 *
 * @type {Record<string, { weight: number, run: (stage: Stage) => Promise<void> }>}
 */
const OPERATIONS = {
  "re-render a box": again("box", 6, 3),
  "re-render containers": again("nested", 4, 2),
  "re-render an anywidget": again("anywidget", 6, 4),
  "re-render a map": again("map", 5, 2),
  "re-render a figure": again("plotly", 1, 1),
  "change children": again("children", 6, 6),
  "open and close unseen": again("unseen", 5, 4),
  "update traits": again("updates", 8, 6),
  "fail and recover": { weight: 3, run: fail },
  "hide an output": { weight: 4, run: hide },
  "bytes there and back": { weight: 6, run: askForBytes },
  "drag a slider": { weight: 5, run: drag },
  "type a text": { weight: 5, run: type },
  "change tabs": { weight: 4, run: changeTabs },
  "resize the window": { weight: 3, run: resize },
  "disconnect and reconnect": { weight: 1, run: reconnect },
};

/** Kinds that are visible in each sample. */
const SHOWN = ["box", "nested", "anywidget", "map", "plotly", "children", "unseen", "updates"];

/** The minimum number of operations between two samples. */
const LEAST_OPERATIONS = 4;

/**
 * @typedef {object} Soaked
 * @property {number} operations
 * @property {number} hours
 * @property {Sample[]} samples
 * @property {Sample} grown the growth per operation
 * @property {string[]} errors unexpected errors in the console, uncaught errors, and operations
 * without a visible effect
 * @property {string[]} misses the figures that miss their bars
 */

/**
 * Runs random operations on one page.
 *
 * @param {Harness} harness
 * @param {object} options
 * @param {number} options.seed a seed, which determines the operations and their order
 * @param {number} options.ms the duration without the start
 * @param {import("./harness.mjs").Client} [options.client]
 * @param {number} [options.samples]
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<Soaked>}
 */
export async function soak(
  harness,
  { seed, ms, client = "shiny-comm", samples = 12, log = () => undefined },
) {
  const steady = await harness.withFlags(STEADY_HEAP);
  try {
    const opened = await openLeaks(steady, client);
    const stage = { page: opened.page, random: randomFrom(seed), hidden: new Set() };
    const failures = [];
    /** @param {string} name */
    const run = async (name) => {
      try {
        await OPERATIONS[name].run(stage);
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        log(failures.at(-1));
      }
    };
    await startStage(stage);
    const probe = await startProbe(opened);
    // Runs each operation before the first sample, because code that loads once is not growth.
    for (const name of Object.keys(OPERATIONS)) await run(name);
    await rest(stage);
    const measured = [await probe.sample()];
    const at = [0];
    let operations = 0;
    const start = performance.now();
    for (let index = 1; index <= samples; index += 1) {
      const before = operations;
      do {
        await run(choose(stage.random));
        operations += 1;
      } while (
        operations - before < LEAST_OPERATIONS ||
        performance.now() - start < (ms * index) / samples
      );
      await rest(stage);
      measured.push(await lastingSample(probe, measured.at(-1), operations - before));
      at.push(operations);
      log(line(operations, performance.now() - start, measured));
    }
    const hours = (performance.now() - start) / 3_600_000;
    const grown = growth(at, measured);
    const errors = [...opened.errors, ...opened.uncaught]
      .filter((text) => !ON_PURPOSE.some((pattern) => pattern.test(text)))
      .concat(failures);
    return {
      operations,
      hours,
      samples: measured,
      grown,
      errors,
      misses: misses(grown, operations),
    };
  } finally {
    await steady.stop();
  }
}

/** Returns an operation that renders or changes a kind up to `most` times. */
function again(kind, weight, most) {
  return {
    weight,
    run: async ({ page, random, hidden }) => {
      await renderTimes(page, kind, 1 + Math.floor(random() * most));
      hidden.delete(kind);
    },
  };
}

/** Shows all kinds, and listens to the server's messages. */
async function startStage({ page }) {
  await page.evaluate(() => {
    globalThis[Symbol.for("renders")].end = 0;
    Shiny.setInputValue("leaks_end", 0);
    const told = Symbol.for("told");
    Shiny.addCustomMessageHandler("leaks_told", (message) => {
      globalThis[told] = message;
    });
  });
  for (const kind of SHOWN) await renderTimes(page, kind, 1);
}

/**
 * Sets the page to the same state for each sample: the same last steps render everything again,
 * because models keep previous values of traits.
 */
async function rest({ page, hidden }) {
  await page.setViewportSize(VIEWPORT);
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.evaluate(() => {
    const renders = globalThis[Symbol.for("renders")];
    // The number of children is the remainder by three: none, one, two, none.
    renders.children = Math.ceil(renders.children / 3) * 3;
  });
  for (const kind of SHOWN) await renderTimes(page, kind, kind === "children" ? 3 : 1);
  hidden.clear();
  await changeTabs({ page });
  await atRest(page);
}

async function fail({ page }) {
  await renderTimes(page, "failing", 1);
  await page.waitForFunction(
    () =>
      !globalThis[Symbol.for("shiny-comm")] ||
      document.querySelectorAll("#leaks_failing [role=alert]").length === 2,
  );
  await blank(page, "failing");
}

async function hide({ page, random, hidden }) {
  const kinds = ["box", "anywidget", "map"];
  const kind = kinds[Math.floor(random() * kinds.length)];
  await blank(page, kind);
  hidden.add(kind);
}

/** Hides an output on the server, and waits until it is empty. */
async function blank(page, kind) {
  await page.evaluate((kind) => Shiny.setInputValue(`leaks_${kind}`, 0), kind);
  await page.waitForFunction((id) => {
    const output = document.getElementById(id);
    return output.style.visibility === "hidden" && output.childElementCount === 0;
  }, `leaks_${kind}`);
}

async function askForBytes({ page, random }) {
  const number = Math.floor(random() * 1e9);
  const length = 1 + Math.floor(random() * 100_000);
  await page.evaluate(
    (detail) =>
      document
        .querySelector("#leaks_updates .leaks-afm")
        .dispatchEvent(new CustomEvent("ask", { detail })),
    { number, length },
  );
  await page.waitForFunction(
    (answer) => document.querySelector("#leaks_updates .leaks-afm i")?.textContent === answer,
    `answer ${number} of ${length} bytes`,
  );
}

async function drag({ page, random }) {
  const handle = page.locator("#leaks_updates .noUi-handle, #leaks_updates .ui-slider-handle");
  await handle.scrollIntoViewIfNeeded();
  const box = await handle.boundingBox();
  const track = await page
    .locator("#leaks_updates .noUi-base, #leaks_updates .ui-slider")
    .first()
    .boundingBox();
  if (!box || !track) throw new Error("there is no slider");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  const steps = 5 + Math.floor(random() * 20);
  await page.mouse.move(track.x + random() * track.width, box.y + box.height / 2, { steps });
  await page.mouse.up();
  const readout = page.locator("#leaks_updates .widget-readout").first();
  await serverHas(page, "slider", async () => Number(await readout.textContent()));
}

async function type({ page, random }) {
  const field = page.locator("#leaks_updates input[type=text]").first();
  const text = random().toString(36).slice(2);
  // A field that a script empties leaks one node each time, on any page.
  await field.press("Control+A");
  await field.pressSequentially(text, { delay: 10 });
  await serverHas(page, "text", async () => text);
}

/** Requests the server's value until it equals the page's. */
async function serverHas(page, name, expected) {
  const deadline = performance.now() + 30_000;
  let has;
  do {
    await page.evaluate(() => {
      const renders = globalThis[Symbol.for("renders")];
      renders.ask = (renders.ask ?? 0) + 1;
      Shiny.setInputValue("leaks_ask", renders.ask);
    });
    await page.waitForFunction(
      () => globalThis[Symbol.for("told")]?.asked === globalThis[Symbol.for("renders")].ask,
    );
    has = await page.evaluate((key) => globalThis[Symbol.for("told")][key], name);
    if (has === (await expected())) return;
  } while (performance.now() < deadline);
  throw new Error(`the server has ${name} = ${has}, the page shows ${await expected()}`);
}

async function changeTabs({ page }) {
  await page.click("#leaks_tabs [data-value=Two]");
  await renderTimes(page, "tabbed", 1);
  await page.click("#leaks_tabs [data-value=One]");
  await page.locator("#leaks_updates").waitFor({ state: "visible" });
}

async function resize({ page, random }) {
  const width = 600 + Math.floor(random() * 600);
  await page.setViewportSize({ width, height: VIEWPORT.height });
  await page.waitForFunction((width) => innerWidth === width, width);
}

/** Ends the session on the server, and starts a new one, in which each output gets a new view. */
async function reconnect(stage) {
  const { page, hidden } = stage;
  const shown = [...SHOWN, "tabbed"].filter((kind) => !hidden.has(kind));
  await page.evaluate(async (shown) => {
    const frame = () => new Promise(requestAnimationFrame);
    const views = () =>
      shown.map((kind) => document.getElementById(`leaks_${kind}`)?.firstElementChild);
    const before = views();
    const { shinyapp } = Shiny;
    const renders = globalThis[Symbol.for("renders")];
    renders.end += 1;
    Shiny.setInputValue("leaks_end", renders.end);
    const deadline = performance.now() + 60_000;
    while (shinyapp.isConnected()) {
      if (performance.now() > deadline) throw new Error("the server did not end the session");
      await frame();
    }
    shinyapp.reconnect();
    const drawn = (view, kind, index) => {
      const old = before[index];
      if (!old || kind === "tabbed") return true;
      return view && view !== old && /render \d+\./.test(view.parentElement.textContent);
    };
    const missing = () => {
      const now = views();
      return shown.filter((kind, index) => !drawn(now[index], kind, index));
    };
    while (!shinyapp.isConnected() || missing().length > 0) {
      if (performance.now() > deadline) {
        const state = shinyapp.isConnected() ? "connected" : "not connected";
        throw new Error(`60 s after a reconnect, ${state}, not drawn: ${missing()}`);
      }
      await frame();
    }
    delete renders.ask;
  }, shown);
  for (const kind of ["children", "unseen", "updates"]) await renderTimes(page, kind, 1);
  // Each sample follows one use of these in the new session.
  for (const use of [askForBytes, drag, type]) await use(stage);
}

/** @typedef {() => number} Random 0 to 1 */

/** Mulberry32. @returns {Random} */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function choose(random) {
  const all = Object.entries(OPERATIONS);
  let left = random() * all.reduce((sum, [, { weight }]) => sum + weight, 0);
  for (const [name, { weight }] of all) {
    left -= weight;
    if (left < 0) return name;
  }
  return all[0][0];
}

function line(operations, ms, samples) {
  const now = samples.at(-1);
  const figures = FIGURES.map((figure) =>
    figure === "heap" ? `heap ${(now.heap / 2 ** 20).toFixed(2)} MiB` : `${figure} ${now[figure]}`,
  );
  return `${(ms / 1000).toFixed(0)} s, ${operations} operations: ${figures.join(", ")}`;
}

async function main() {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      client: { type: "string", default: "shiny-comm" },
    },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!(minutes > 0) || !Number.isInteger(seed) || !/^(stock|shiny-comm)$/.test(values.client)) {
    console.error("npm run soak -- [--minutes 5] [--seed 1] [--client shiny-comm|stock]");
    process.exit(2);
  }
  console.log(`soak of ${values.client} for ${minutes} min, --seed ${seed}`);
  const harness = await startHarness();
  try {
    const { operations, hours, samples, grown, errors, misses } = await soak(harness, {
      seed,
      ms: minutes * 60_000,
      client: /** @type {import("./harness.mjs").Client} */ (values.client),
      log: (text) => console.log(text),
    });
    console.log("\n| figure | first | last | an operation | an hour | bar an operation | holds |");
    console.log("| --- | --- | --- | --- | --- | --- | --- |");
    for (const figure of FIGURES) {
      const hourly = Math.round((grown[figure] * operations) / hours) + 0;
      const holds = misses.some((miss) => miss.startsWith(figure)) ? "NO" : "yes";
      console.log(
        `| ${figure} | ${samples[0][figure]} | ${samples.at(-1)[figure]} | ${rounded(figure, grown[figure])} | ${hourly} | ${figure === "heap" ? BARS.heap : 0} | ${holds} |`,
      );
    }
    console.log(`\n${operations} operations; errors that were not provoked: ${errors.length}`);
    for (const error of new Set(errors)) console.log(`  ${error}`);
    process.exitCode = misses.length + errors.length > 0 ? 1 : 0;
  } finally {
    await harness.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
