/** `npm run check`: runs every check of CI. The last line has the numbers of passed and failed tests. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
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

/**
 * The checks by name, in their order. Each returns how many checks or tests passed and failed.
 *
 * @typedef {{ passed: number, failed: number, notes?: string[] }} Result
 * @type {Record<string, () => Result | Promise<Result>>}
 */
const CHECKS = {
  lint: () => npm("lint"),
  prose: () => npm("lint:prose"),
  types: () => npm("typecheck"),
  rules: () => npm("rules"),
  dist: distIsFresh,
  size: () => npm("size"),
  package: () => npm("check:package"),
  docs: () => npm("docs"),
  r: () => checkR(),
  // The engines' tests run among the others, since all of them wait for much of their time.
  tests: () => tests("test", testFolders(), { WITH_ENGINES: "1" }),
  engines: () => tests("test:engines", ["engines"]),
};

/** The checks that run unless some are named. */
const ALL = Object.keys(CHECKS).filter((name) => name !== "engines");

const HELP = `Run every check that CI runs, or some of them.

Usage: npm run check [-- ${Object.keys(CHECKS).join("|")} …]
`;

function npm(...args) {
  const { status } = spawnSync("npm", ["run", "--silent", ...args], options());
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
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

/** Builds dist/, and checks that the build before was up to date. */
function distIsFresh() {
  const before = distHashes();
  const built = npm("build");
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

  let passed = 0;
  let failed = 0;
  /** @type {string[]} */
  const summary = [];
  for (const name of names.length > 0 ? names : ALL) {
    console.log(`── ${name}`);
    const startMs = performance.now();
    const result = await CHECKS[name]();
    passed += result.passed;
    failed += result.failed;
    const took = seconds(performance.now() - startMs);
    summary.push(
      `${took}  ${name}: ${result.passed} passed, ${result.failed} failed`,
      ...(result.notes ?? []).map((note) => `${" ".repeat(12)}${note}`),
    );
  }
  console.log(["──", ...summary, ""].join("\n"));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
