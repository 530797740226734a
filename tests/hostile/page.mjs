/** Sends malformed messages through Shiny's message loop in a real page, and records their effects. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const TABLE = join(import.meta.dirname, "messages.mjs");

/** The figures of one message. @typedef {object} Outcome
 * @property {string} name the fault of the message
 * @property {string | null} error the expected error, if a report is required
 * @property {string | null} comm the comm that the report should name
 * @property {{ code: string, comm: string | null, text: string }[]} reports `console.error`s of the page's scripts
 * @property {string[]} thrown into Shiny's message loop
 * @property {string[]} uncaught errors and rejections
 * @property {string[]} polluted the changed properties of prototypes
 * @property {boolean} alive whether the next good messages did what they should
 */

/**
 * Sends every message of the table, each followed by good messages. When the page does not show those, the
 * page is loaded again for the next message.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} url the address of `reliability/cases/hostile.py`
 * @param {{ goodMs?: number, reportMs?: number, lateMs?: number, filter?: string }} [options]
 *   timeouts for the effect of good messages, for a report, and for late reports
 * @returns {Promise<{ outcomes: Outcome[], overlay: boolean, shown: string[] }>} `overlay`: Shiny showed its
 *   overlay for errors; `shown`: the widgets that show good messages before any bad message
 */
export async function sendAll(browser, url, options = {}) {
  const { goodMs = 10_000, reportMs = 5_000, lateMs = 30_000, filter = "" } = options;
  /** @type {string[]} */
  let uncaught = [];
  /** @type {import("playwright-core").Page} */
  let page;
  const renew = async () => {
    // A page that hangs does not close by itself; it is left behind.
    const old = page;
    if (old) await within(old.close(), HANG_MS, undefined);
    page = await browser.newPage();
    page.on("pageerror", (error) => uncaught.push(error.message));
    await load(page, url);
  };
  await renew();
  const table = await page.evaluate(() =>
    window.hostile.table.map(({ name, error, late }) => ({ name, error, late: late === true })),
  );
  /** @type {Outcome[]} */
  const outcomes = [];
  let overlay = false;
  let round = 1;
  // The stock client does not show changes of an Output's `outputs`, which is no fault here.
  const shown = await shownOf(page, round, goodMs);

  const dead = { reports: [], thrown: [], polluted: [], alive: false, comms: [] };
  /** Sends messages of the table and then good messages. @returns their effects */
  const send = async (indices, waitMs, aliveMs) => {
    round += 1;
    const seeing = async () => {
      const comms = [];
      for (const index of indices) comms.push(await deliver(page, index));
      if (waitMs > 0) await reported(page, indices.length, waitMs);
      const alive = await goodOnes(page, round, aliveMs, shown);
      overlay ||= (await page.locator("shiny-error-console").count()) > 0;
      return { ...(await takeSeen(page)), alive, comms };
    };
    uncaught = [];
    const seen = await within(seeing(), waitMs + aliveMs + HANG_MS, dead);
    if (!seen.alive) await renew();
    return seen;
  };

  const wanted = table.flatMap((row, index) =>
    row.name.includes(filter) ? [{ ...row, index }] : [],
  );
  for (const { index, name, error, late } of wanted) {
    if (late) continue;
    const { comms, ...seen } = await send([index], error === null ? 0 : reportMs, goodMs);
    outcomes.push({ name, error, comm: comms[0] ?? null, ...seen, uncaught });
  }

  // Messages with late reports are sent together. The named comm identifies each report.
  const late = wanted.filter((row) => row.late);
  const { comms, ...seen } = await send(
    late.map(({ index }) => index),
    lateMs,
    lateMs,
  );
  for (const [at, { name, error }] of late.entries()) {
    const comm = comms[at] ?? null;
    const reports = seen.reports.filter((report) => report.comm === comm);
    const first = comms.indexOf(comm) === at;
    outcomes.push({
      name,
      error,
      comm,
      // Two messages to one comm have one report.
      reports: first ? reports : reports.slice(0, 1),
      thrown: at === 0 ? seen.thrown : [],
      polluted: at === 0 ? seen.polluted : [],
      uncaught: at === 0 ? uncaught : [],
      alive: seen.alive,
    });
  }
  await within(page.close(), HANG_MS, undefined);
  return { outcomes, overlay, shown };
}

/** Lists the faults of an outcome, by the requirements for this package's client. @param {Outcome} outcome */
export function faultsOf({ error, comm, reports, thrown, uncaught, polluted, alive }) {
  const faults = [
    ...thrown.map((text) => `threw ${text}`),
    ...uncaught.map((text) => `uncaught ${text}`),
  ];
  faults.push(...polluted.map((name) => `changed ${name}`));
  if (!alive) faults.push("the next good message did not work");
  if (error === null ? reports.length > 1 : reports.length !== 1)
    faults.push(`${reports.length} reports: ${JSON.stringify(reports)}`);
  const [report] = reports;
  if (report && ((error !== null && report.code !== error) || report.comm !== comm)) {
    faults.push(`${report.code} of ${report.comm}, not ${error} of ${comm}: ${report.text}`);
  }
  if (report && report.length > 5_000) faults.push(`a report of ${report.length} characters`);
  return faults;
}

/** The limit for synchronous work in a page, in ms. */
const HANG_MS = 20_000;

/** Resolves to a promise's value, or to `otherwise` when it fails (the page crashed) or times out (the page hangs). */
function within(promise, ms, otherwise) {
  let timer;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, ms, otherwise);
  });
  return Promise.race([promise.catch(() => otherwise), over]).finally(() => clearTimeout(timer));
}

/** Opens the page and starts the recording. Resolves when its widgets are drawn. */
async function load(page, url) {
  // A made-up module name is not fetched from another host.
  const { origin } = new URL(url);
  await page.route(
    (target) => /^https?:/.test(target.protocol) && target.origin !== origin,
    (route) => route.fulfill({ status: 404, body: "" }),
  );
  await page.goto(url);
  await page.waitForFunction(
    () =>
      document.querySelector("#hostile_comms")?.textContent?.includes("inner") &&
      document.querySelector("#hostile_slider")?.textContent?.includes("0") &&
      document.querySelector("#hostile_label")?.textContent?.includes("label 0") &&
      document.querySelector("#hostile_box")?.textContent?.includes("inner 0") &&
      document.querySelector("#hostile_out")?.textContent?.includes("out 0"),
    undefined,
    { timeout: 60_000 },
  );
  const code = await readFile(TABLE, "utf8");
  const ready = "\nwindow.hostileTable = { HOSTILE, frame, good };";
  await page.addScriptTag({ type: "module", content: code + ready });
  await page.waitForFunction(() => window.hostileTable !== undefined);
  await page.evaluate(() => {
    const { HOSTILE, frame, good } = window.hostileTable;
    const live = JSON.parse(document.querySelector("#hostile_comms").textContent);
    const seen = { reports: [], thrown: [] };
    const app = window.Shiny.shinyapp;
    const dispatch = app.dispatchMessage;
    app.dispatchMessage = async function (data) {
      try {
        return await dispatch.call(this, data);
      } catch (error) {
        seen.thrown.push(String(error).slice(0, 200));
        throw error;
      }
    };
    const log = console.error;
    console.error = (...args) => {
      const error = args.find((arg) => arg instanceof Error);
      seen.reports.push({
        code: error?.code ?? error?.name ?? "",
        comm: error?.comm_id ?? null,
        text: args.map(String).join(" ").slice(0, 300),
        length: args.map(String).join(" ").length,
      });
      log.apply(
        console,
        args.map((arg) => String(arg).slice(0, 300)),
      );
    };
    const own = (object) =>
      new Map(
        Reflect.ownKeys(object).map((key) => [
          key,
          Object.getOwnPropertyDescriptor(object, key)?.value,
        ]),
      );
    const prototypes = [
      ...new Set(
        Object.getOwnPropertyNames(window).flatMap((name) => {
          // Only built-in globals: to read some globals of a page has effects.
          const { value } = Object.getOwnPropertyDescriptor(window, name) ?? {};
          return typeof value === "function" && value.prototype ? [value, value.prototype] : [];
        }),
      ),
      Object.getPrototypeOf(Uint8Array.prototype),
      Object.getPrototypeOf([][Symbol.iterator]()),
    ];
    const before = prototypes.map((object) => [object, own(object)]);
    const polluted = () =>
      before.flatMap(([object, keys]) => {
        const changed = [];
        const now = own(object);
        for (const [key, value] of now) {
          if (keys.has(key) && Object.is(keys.get(key), value)) continue;
          changed.push(`${object.constructor?.name ?? "?"}.${String(key)}`);
          if (keys.has(key)) object[key] = keys.get(key);
          else delete object[key];
        }
        for (const key of keys.keys()) if (!now.has(key)) changed.push(`lost ${String(key)}`);
        return changed;
      });
    const take = (data) => app.$socket.onmessage({ data });
    window.hostile = { table: HOSTILE, frame, good, live, seen, polluted, take, sent: 0 };
  });
}

/** Sends one message of the table. @returns {Promise<string | null>} the comm that its report should name */
function deliver(page, index) {
  return page.evaluate(async (at) => {
    const { table, frame, live, take } = window.hostile;
    const { kind, payload, before, after, comm } = table[at];
    window.hostile.sent += 1;
    const id = `hostile-${window.hostile.sent}`;
    for (const [goodKind, goodPayload] of before?.(id) ?? []) take(frame(goodKind, goodPayload));
    take(frame(kind, payload(id, live)));
    for (const data of after?.() ?? []) take(data);
    return comm ? comm(id, live) : null;
  }, index);
}

/** Waits until `count` errors were reported, or the timeout. */
function reported(page, count, timeout) {
  return page
    .waitForFunction((least) => window.hostile.seen.reports.length >= least, count, { timeout })
    .catch(() => undefined);
}

/** The text of each widget after the good messages with a number. */
const EXPECTED = (n) => ({
  slider: `${n}`,
  label: `label ${n}`,
  box: `inner ${n}`,
  out: `out ${n}`,
});

/** Sends good messages to all widgets. @returns {Promise<boolean>} whether the widgets in `names` show them in time */
async function goodOnes(page, n, timeout, names = Object.keys(EXPECTED(n))) {
  await page.evaluate((number) => {
    const { frame, good, live, take } = window.hostile;
    for (const [kind, payload] of good(live, number)) take(frame(kind, payload));
  }, n);
  const expected = Object.entries(EXPECTED(n)).filter(([name]) => names.includes(name));
  return page
    .waitForFunction(
      (texts) =>
        texts.every(
          ([name, text]) =>
            document.getElementById(`hostile_${name}`)?.textContent?.trim() === text,
        ),
      expected,
      { timeout },
    )
    .then(
      () => true,
      () => false,
    );
}

/** Sends the first good messages. @returns {Promise<string[]>} the widgets that show them */
async function shownOf(page, n, timeout) {
  await goodOnes(page, n, timeout);
  return page.evaluate(
    (texts) =>
      texts.flatMap(([name, text]) =>
        document.getElementById(`hostile_${name}`)?.textContent?.trim() === text ? [name] : [],
      ),
    Object.entries(EXPECTED(n)),
  );
}

/** Takes the effects since the last call. */
async function takeSeen(page) {
  // An error in a later task still belongs to this message.
  await page.evaluate(
    () => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve))),
  );
  return page.evaluate(() => {
    const { seen, polluted } = window.hostile;
    return { reports: seen.reports.splice(0), thrown: seen.thrown.splice(0), polluted: polluted() };
  });
}
