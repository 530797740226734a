/** How `npm run check` counts: real runs of Vitest, good ones and broken ones. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Count, countTests } from "../../scripts/test-report.mjs";

const root = join(import.meta.dirname, "../..");
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const PASSES = `test("passes", () => {});`;

/** Runs a project of Vitest for each key, with the files that stand under it, and counts. */
function count(projects: Record<string, Record<string, string>>): Count {
  const folder = mkdtempSync(join(tmpdir(), "shiny-comm-check-"));
  folders.push(folder);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const configs = Object.entries(projects).map(([name, files]) => {
    mkdirSync(join(folder, name));
    for (const [file, code] of Object.entries(files)) {
      writeFileSync(join(folder, name, file), `import { test } from "vitest";\n${code}\n`);
    }
    // In a process of their own, which a test can take down.
    return { test: { name, include: [`${name}/*.test.js`], pool: "forks" } };
  });
  const config = join(folder, "vitest.config.mjs");
  writeFileSync(config, `export default ${JSON.stringify({ test: { projects: configs } })};`);
  const report = join(folder, "report");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const reporter = `--reporter=${join(root, "scripts/test-reporter.mjs")}`;
  const { status } = spawnSync(process.execPath, [vitest, "run", "--root", folder, reporter], {
    env: { ...process.env, TEST_REPORT: report, VITEST: undefined },
    stdio: "ignore",
  });
  return countTests(readFileSync(report, "utf8"), status ?? 1);
}

test("tests that pass are counted, and nothing else", () => {
  const { passed, failed, troubles, files } = count({
    one: { "a.test.js": PASSES + PASSES, "b.test.js": PASSES },
    two: { "c.test.js": PASSES },
  });
  expect({ passed, failed, troubles }).toEqual({ passed: 4, failed: 0, troubles: [] });
  expect(files).toHaveLength(3);
});

test("a test that fails and a file that cannot be imported fail, each once", () => {
  const { passed, failed, troubles } = count({
    one: {
      "a.test.js": `${PASSES} test("fails", () => { throw new Error("no"); });`,
      "b.test.js": `import "./nowhere.js"; ${PASSES}`,
    },
  });
  expect({ passed, failed }).toEqual({ passed: 1, failed: 2 });
  expect(troubles).toEqual([expect.stringMatching(/b\.test\.js has failed outside its tests/)]);
});

test("a project that runs no test fails", () => {
  const { passed, failed, troubles } = count({ one: { "a.test.js": PASSES }, two: {} });
  expect({ passed, failed }).toEqual({ passed: 1, failed: 1 });
  expect(troubles).toEqual(["No test of the project two has run."]);
});

test("a file whose tests are all skipped fails", () => {
  const { failed, skipped, troubles } = count({
    one: { "a.test.js": PASSES, "b.test.js": `test.skip("is skipped", () => {});` },
  });
  expect({ failed, skipped }).toEqual({ failed: 1, skipped: 1 });
  expect(troubles).toEqual([expect.stringMatching(/^No test in .*b\.test\.js has run\.$/)]);
});

test("a run that crashes half way fails, though each test before has passed", () => {
  const kill = `test("ends it all", () => { process.kill(process.ppid, "SIGKILL"); return new Promise(() => {}); });`;
  const { failed, troubles } = count({ one: { "a.test.js": PASSES + kill } });
  expect(failed).toBeGreaterThan(0);
  expect(troubles).toContain("The run was cut short.");
});

test("a worker that dies fails its file", () => {
  const { failed, troubles } = count({
    one: { "a.test.js": `test("dies", () => process.kill(process.pid, "SIGKILL"));` },
  });
  expect(failed).toBeGreaterThan(0);
  expect(troubles).not.toEqual([]);
});

test("an error that belongs to no test fails", () => {
  const { passed, failed, troubles } = count({
    one: {
      "a.test.js": `test("leaves an error behind", async () => {
        Promise.reject(new Error("unheard"));
        await new Promise((resolve) => setTimeout(resolve, 50));
      });`,
    },
  });
  expect({ passed, failed }).toEqual({ passed: 1, failed: 1 });
  expect(troubles).toEqual(["Errors that belong to no test: 1."]);
});

test("a run that never began fails, and so does one that only its exit code betrays", () => {
  expect(countTests("").failed).toBe(1);
  const text = [
    { event: "start", projects: ["one"], files: [{ project: "one", file: "a" }] },
    { event: "file", project: "one", file: "a", passed: 1, failed: 0, skipped: 0, errors: 0 },
    { event: "end", errors: 0 },
  ].map((line) => JSON.stringify(line));
  expect(countTests(text.join("\n"), 0).failed).toBe(0);
  expect(countTests(text.join("\n"), 1).troubles).toEqual(["The run ended with the exit code 1."]);
});
