/** `npm run check`: every check that CI runs; the last line says what passed and what failed. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { countTests } from "./test-report.mjs";

const ROOT = join(fileURLToPath(import.meta.url), "../..");
const SLOWEST = 10;

/**
 * The checks by name, in their order. Each says how many of what it counts passed and failed: one
 * that has no report of its own counts as one.
 *
 * @type {Record<string, () => { passed: number, failed: number, notes?: string[] }>}
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
  // The engines' tests run among the others, since all of them wait for much of their time.
  tests: () => tests("test", { WITH_ENGINES: "1" }),
  engines: () => tests("test:engines"),
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

/** Runs the script of that name, and counts its tests one by one. */
function tests(script, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "shiny-comm-check-"));
  const report = join(folder, "report");
  try {
    const reporter = join(ROOT, "scripts/test-reporter.mjs");
    const { status } = spawnSync(
      "npm",
      ["run", "--silent", script, "--", "--reporter=default", `--reporter=${reporter}`],
      options({ ...env, TEST_REPORT: report }),
    );
    const { passed, failed, skipped, troubles, files } = countTests(read(report), status ?? 1);
    const slowest = files
      .slice(0, SLOWEST)
      .map(({ file, durationMs }) => `${seconds(durationMs)}  ${relative(ROOT, file)}`);
    const notes = [...troubles, ...(skipped ? [`${skipped} tests were skipped.`] : []), ...slowest];
    return { passed, failed, notes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether dist/ is what the sources make; afterwards it is. */
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
      "dist/ was not what the sources make; now it is: commit it.",
      ...stale.map((name) => `dist/${name}`),
    ],
  };
}

/** @returns {Map<string, string>} of each file in dist/ */
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

function main() {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !Object.hasOwn(CHECKS, name));
  if (unknown !== undefined) {
    const isHelp = unknown === "--help";
    process[isHelp ? "stdout" : "stderr"].write(
      isHelp ? HELP : `There is no check ${unknown}.\n\n${HELP}`,
    );
    process.exitCode = isHelp ? 0 : 2;
    return;
  }

  let passed = 0;
  let failed = 0;
  /** @type {string[]} */
  const summary = [];
  for (const name of asked.length > 0 ? asked : ALL) {
    console.log(`── ${name}`);
    const startMs = performance.now();
    const result = CHECKS[name]();
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

main();
