/** The counts of `npm run check`, by real runs of Vitest that pass and that fail. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { type Count, countTests, withSecondRun } from "../../scripts/test-report.mjs";

const root = join(import.meta.dirname, "../..");
const folders: string[] = [];

vi.setConfig({ testTimeout: 60_000 });

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const PASSES = `test("passes", () => {});`;

interface Run {
  /** The text of the report; empty without one. */
  report: string;
  status: number;
}

/** Makes a folder with a project of Vitest for each key. Returns a function that runs the tests, or some files. */
function project(
  projects: Record<string, Record<string, string>>,
): (...files: readonly string[]) => Run {
  const folder = mkdtempSync(join(tmpdir(), "shiny-comm-check-"));
  folders.push(folder);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const configs = Object.entries(projects).map(([name, files]) => {
    mkdirSync(join(folder, name));
    for (const [file, code] of Object.entries(files)) {
      writeFileSync(join(folder, name, file), `import { test } from "vitest";\n${code}\n`);
    }
    // In a separate process, which a test can kill.
    return { test: { name, include: [`${name}/*.test.js`], pool: "forks" } };
  });
  const config = join(folder, "vitest.config.mjs");
  writeFileSync(config, `export default ${JSON.stringify({ test: { projects: configs } })};`);
  const path = join(folder, "report");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  return (...files) => {
    rmSync(path, { force: true });
    const { status } = spawnSync(
      process.execPath,
      [vitest, "run", "--root", folder, "--reporter=json", `--outputFile.json=${path}`, ...files],
      { env: { ...process.env, VITEST: undefined }, stdio: "ignore" },
    );
    return { report: existsSync(path) ? readFileSync(path, "utf8") : "", status: status ?? 1 };
  };
}

/** Runs Vitest with a project for each key, and counts the tests. */
function count(projects: Record<string, Record<string, string>>): Count {
  const { report, status } = project(projects)();
  return countTests(report, status, (file) => basename(dirname(file)), Object.keys(projects));
}

test("tests that pass are counted", () => {
  const { passed, failed, problems, files } = count({
    one: { "a.test.js": PASSES + PASSES, "b.test.js": PASSES },
    two: { "c.test.js": PASSES },
  });
  expect({ passed, failed, problems }).toEqual({ passed: 4, failed: 0, problems: [] });
  expect(files).toHaveLength(3);
});

test("a test that fails and a file that cannot be imported fail, each once", () => {
  const { passed, failed, problems } = count({
    one: {
      "a.test.js": `${PASSES} test("fails", () => { throw new Error("no"); });`,
      "b.test.js": `import "./nowhere.js"; ${PASSES}`,
    },
  });
  expect({ passed, failed }).toEqual({ passed: 1, failed: 2 });
  expect(problems).toEqual([expect.stringMatching(/b\.test\.js has failed outside of its tests/)]);
});

test("a project that runs no test fails", () => {
  const { passed, failed, problems } = count({ one: { "a.test.js": PASSES }, two: {} });
  expect({ passed, failed }).toEqual({ passed: 1, failed: 1 });
  expect(problems).toEqual(["No test of the project two has run."]);
});

test("a file whose tests are all skipped fails", () => {
  const { failed, skipped, problems } = count({
    one: { "a.test.js": PASSES, "b.test.js": `test.skip("is skipped", () => {});` },
  });
  expect({ failed, skipped }).toEqual({ failed: 1, skipped: 1 });
  expect(problems).toEqual([expect.stringMatching(/^No test in .*b\.test\.js has run\.$/)]);
});

test("a run that crashes fails, although each test before has passed", () => {
  const kill = `test("kills the run", () => { process.kill(process.ppid, "SIGKILL"); return new Promise(() => {}); });`;
  const { failed, problems } = count({ one: { "a.test.js": PASSES + kill } });
  expect(failed).toBeGreaterThan(0);
  expect(problems).toEqual(["The run ended early."]);
});

test("a worker that dies fails its file", () => {
  const { failed, problems } = count({
    one: { "a.test.js": `test("dies", () => process.kill(process.pid, "SIGKILL"));` },
  });
  expect(failed).toBeGreaterThan(0);
  expect(problems).not.toEqual([]);
});

test("an error outside of all tests fails the run", () => {
  const { passed, failed, problems } = count({
    one: {
      "a.test.js": `test("leaves an error", async () => {
        Promise.reject(new Error("unhandled"));
        await new Promise((resolve) => setTimeout(resolve, 50));
      });`,
    },
  });
  expect({ passed, failed }).toEqual({ passed: 1, failed: 1 });
  expect(problems).toEqual([expect.stringMatching(/an error outside of all tests/)]);
});

test("a run without a report fails", () => {
  expect(countTests("", 1).failed).toBe(1);
});

test("a second run of the failed files counts in place of the first, and tells flaky tests from others", () => {
  const once = (act: string) => `
    import { existsSync, writeFileSync } from "node:fs";
    if (!existsSync(import.meta.filename + ".ran")) {
      writeFileSync(import.meta.filename + ".ran", "");
      ${act}
    }`;
  const run = project({
    one: {
      "a.test.js": `${once("globalThis.isFirst = true;")}
        test("is flaky", () => { if (globalThis.isFirst) throw new Error("no"); });`,
      "b.test.js": `${PASSES} test("fails", () => { throw new Error("no"); });`,
      "c.test.js": PASSES,
      "d.test.js": `${PASSES} ${once('throw new Error("not yet");')}`,
    },
  });
  const first = run();
  const { failedFiles } = countTests(first.report, first.status);
  expect(failedFiles.map((file) => basename(file)).sort()).toEqual([
    "a.test.js",
    "b.test.js",
    "d.test.js",
  ]);

  const second = run(...failedFiles);
  const { report, flaky } = withSecondRun(first.report, second.report);
  const { passed, failed, problems } = countTests(report, second.status);
  expect({ passed, failed, problems }).toEqual({ passed: 4, failed: 1, problems: [] });
  expect(flaky.map((name) => basename(name)).sort()).toEqual(["a.test.js: is flaky", "d.test.js"]);
});
