/** `npm run check`: runs every check of CI. The last line has the numbers of passed and failed tests. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { checkR } from "./check-r.mjs";
import { countTests, withSecondRun } from "./test-report.mjs";

const ROOT = join(fileURLToPath(import.meta.url), "../..");
/** The number of slow test files that the summary lists. */
const SLOWEST = 10;
/** The number of failed test files that run a second time. More failures have a common cause. */
const RUN_AGAIN = 4;
const REPORTERS = ["--reporter=default", "--reporter=json"];

/** The number of checks that run at the same time. */
const TOGETHER = 2;

/**
 * The checks by name, in the order of their output. Each returns how many checks or tests passed and failed.
 *
 * @typedef {{ passed: number, failed: number, notes?: string[] }} Result
 * @typedef {(text: string) => void} Print
 * @type {Record<string, (print: Print) => Result | Promise<Result>>}
 */
const CHECKS = {
  lint: (print) => npm("lint", print),
  prose: (print) => npm("lint:prose", print),
  types: (print) => npm("typecheck", print),
  rules: (print) => npm("rules", print),
  dist: distIsFresh,
  size: (print) => npm("size", print),
  package: (print) => npm("check:package", print),
  docs: (print) => npm("docs", print),
  r: (print) => checkR((line) => print(`${line}\n`)),
  // The engines' tests run among the others, since all of them wait for much of their time.
  tests: () => tests("test", testFolders(), { WITH_ENGINES: "1" }),
  engines: () => tests("test:engines", ["engines"]),
};

/** The checks that run unless some are named. */
const ALL = Object.keys(CHECKS).filter((name) => name !== "engines");
/** The checks that use all processors by themselves, which run after all others. */
const ALONE = ["tests", "engines"];
/** The checks that start first: dist/, which all but prose can read, then the long ones. */
const FIRST = ["dist", "prose", "r", "docs"];

const HELP = `Run every check that CI runs, or some of them.

Usage: npm run check [-- ${Object.keys(CHECKS).join("|")} …]
`;

/** Runs a script of package.json. @param {string} script @param {Print} print @returns {Promise<Result>} */
function npm(script, print) {
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", script], {
      ...options(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", print);
    }
    child.on("error", (error) => print(`${error}\n`));
    child.on("close", (code) =>
      resolve(code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
    );
  });
}

/**
 * Runs a script with tests, and counts them. Some test of each project must run.
 *
 * A few failed files run again, without the load of all others. The notes name each test that passes only then: the test
 * has a race, or its limit is too short.
 */
function tests(script, projects, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "shiny-comm-check-"));
  const run = (name, files) => {
    const path = join(folder, name);
    const { status } = spawnSync(
      "npm",
      ["run", "--silent", script, "--", ...REPORTERS, `--outputFile.json=${path}`, ...files],
      options(env),
    );
    return { report: read(path), status: status ?? 1 };
  };
  const count = ({ report, status }) =>
    countTests(
      report,
      status,
      (file) => relative(join(ROOT, "tests"), file).split(sep)[0] ?? "",
      projects,
    );
  try {
    const first = run("report", []);
    let counted = count(first);
    /** @type {string[]} */
    let flaky = [];
    const { failedFiles } = counted;
    if (failedFiles.length > 0 && failedFiles.length <= RUN_AGAIN) {
      console.log(`── ${script}: files with failures, a second time`);
      const second = run("second", failedFiles);
      if (second.report !== "") {
        const merged = withSecondRun(first.report, second.report);
        counted = count({ report: merged.report, status: second.status });
        flaky = merged.flaky;
      }
    }
    const { passed, failed, skipped, problems, files } = counted;
    const slowest = files
      .slice(0, SLOWEST)
      .map(({ file, durationMs }) => `${seconds(durationMs)}  ${relative(ROOT, file)}`);
    const notes = [
      ...problems,
      ...flaky.map((name) => `FLAKY, passed in the second run only: ${relative(ROOT, name)}`),
      ...(skipped ? [`${skipped} tests were skipped.`] : []),
      ...slowest,
    ];
    return { passed, failed, notes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Returns the folders of `tests/` with tests, each a project of Vitest. */
function testFolders() {
  const files = readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" });
  const tested = files.filter(
    (file) => file.endsWith(".test.ts") && !file.includes("node_modules"),
  );
  return [...new Set(tested.map((file) => file.split(sep)[0]))];
}

/** Builds dist/, and checks that the build before was up to date. @param {Print} print @returns {Promise<Result>} */
async function distIsFresh(print) {
  const before = distHashes();
  const built = await npm("build", print);
  if (built.failed) return built;
  const after = distHashes();
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const stale = names.filter((name) => before.get(name) !== after.get(name));
  if (stale.length === 0) return built;
  return {
    passed: 0,
    failed: 1,
    notes: [
      "dist/ was out of date. It has been built: commit it.",
      ...stale.map((name) => `dist/${name}`),
    ],
  };
}

/** Returns the hash of each file in dist/. @returns {Map<string, string>} */
function distHashes() {
  const dist = join(ROOT, "dist");
  const hashes = new Map();
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    hashes.set(relative(dist, path), createHash("sha256").update(readFileSync(path)).digest("hex"));
  }
  return hashes;
}

/** @param {NodeJS.ProcessEnv} [env] @returns {import("node:child_process").SpawnSyncOptions} */
function options(env = {}) {
  return {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, ...env },
    shell: process.platform === "win32",
  };
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function seconds(durationMs) {
  return `${(durationMs / 1000).toFixed(1)} s`.padStart(8);
}

/**
 * Runs checks, two at a time, and measures their times. The output of each check is printed as a whole.
 *
 * @param {string[]} names
 * @returns {Promise<Timed[]>} in the order of the names, as the output
 */
async function runChecks(names) {
  const ends = new Map(names.map((name) => [name, newEnd()]));
  const place = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const waiting = names
    .filter((name) => !ALONE.includes(name))
    .toSorted((a, b) => place(a) - place(b));
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (name !== "dist" && name !== "prose") await ends.get("dist")?.promise;
      let output = "";
      const result = await timed(name, (text) => {
        output += text;
      });
      ends.get(name).resolve({ ...result, output });
    }
  };
  const workers = Array.from({ length: TOGETHER }, work);
  const results = [];
  for (const name of names) {
    if (ALONE.includes(name)) {
      await Promise.all(workers);
      console.log(`── ${name}`);
      results.push(await timed(name, (text) => process.stdout.write(text)));
    } else {
      const { output, ...result } = await ends.get(name).promise;
      console.log(`── ${name}`);
      process.stdout.write(output);
      results.push(result);
    }
  }
  return results;
}

/** Returns a promise for the end of a check, and the function that resolves the promise. */
function newEnd() {
  /** @type {(result: Timed & { output: string }) => void} */
  let resolve = () => {};
  /** @type {Promise<Timed & { output: string }>} */
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** @typedef {Result & { tookMs: number, busyPercent: number }} Timed */

/** @param {string} name @param {Print} print @returns {Promise<Timed>} */
async function timed(name, print) {
  const startMs = performance.now();
  const before = processorTimes();
  /** @type {Result} */
  let result;
  try {
    result = await CHECKS[name](print);
  } catch (error) {
    // For example, a program is missing.
    print(`${error instanceof Error ? error.stack : error}\n`);
    result = { passed: 0, failed: 1 };
  }
  const after = processorTimes();
  const busyPercent = Math.round(
    (100 * (after.busyMs - before.busyMs)) / Math.max(1, after.allMs - before.allMs),
  );
  return { ...result, tookMs: performance.now() - startMs, busyPercent };
}

/** Returns the times of all processors of the machine: a check that leaves them idle waits for something. */
function processorTimes() {
  const sum = { allMs: 0, busyMs: 0 };
  for (const { times } of cpus()) {
    const { user, nice, sys, idle, irq } = times;
    sum.busyMs += user + nice + sys + irq;
    sum.allMs += user + nice + sys + irq + idle;
  }
  return sum;
}

async function main() {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !Object.hasOwn(CHECKS, name));
  if (unknown !== undefined) {
    const isHelp = unknown === "--help";
    process[isHelp ? "stdout" : "stderr"].write(
      isHelp ? HELP : `unknown check: ${unknown}\n\n${HELP}`,
    );
    process.exitCode = isHelp ? 0 : 2;
    return;
  }

  const chosen = names.length > 0 ? [...new Set(names)] : ALL;
  const results = await runChecks(chosen);
  const sum = (what) => results.reduce((total, result) => total + result[what], 0);
  const [passed, failed] = [sum("passed"), sum("failed")];
  const summary = results.flatMap((result, index) => [
    `${seconds(result.tookMs)}  ${chosen[index]}: ${result.passed} passed, ${result.failed} failed (processors ${result.busyPercent} % busy)`,
    ...(result.notes ?? []).map((note) => `${" ".repeat(12)}${note}`),
  ]);
  console.log(["──", ...summary, ""].join("\n"));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
