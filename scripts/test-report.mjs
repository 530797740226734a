/** Counts the tests in reports of Vitest's `json` reporter. A file that did not run counts as failed. */

/**
 * @typedef {object} Count
 * @property {number} passed tests
 * @property {number} failed tests, and one for each of the problems
 * @property {number} skipped tests
 * @property {string[]} problems failures outside of tests: each a sentence
 * @property {{ file: string, durationMs: number }[]} files the slowest first
 * @property {string[]} failedFiles files with a failed test, and files that failed outside of their tests
 */

/**
 * @param {string} text the report; empty when Vitest did not reach the end
 * @param {number} status the exit code of the run
 * @param {(file: string) => string} [projectOf] names the project of a test file
 * @param {string[]} [projects] the projects that must run a test
 * @returns {Count}
 */
export function countTests(text, status, projectOf = () => "", projects = []) {
  if (text === "") {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      problems: ["The run ended early."],
      files: [],
      failedFiles: [],
    };
  }
  const report = JSON.parse(text);
  /** @type {string[]} */
  const problems = [];
  const hasRun = new Set();
  const total = { passed: 0, failed: 0, other: 0 };
  for (const { name, status: result, assertionResults: tests } of report.testResults) {
    const of = (state) => tests.filter((test) => test.status === state).length;
    total.passed += of("passed");
    total.failed += of("failed");
    total.other += tests.length - of("passed") - of("failed");
    if (of("passed") + of("failed") > 0) hasRun.add(projectOf(name));
    else if (result === "passed") problems.push(`No test in ${name} has run.`);
    if (result === "failed" && of("failed") === 0) {
      problems.push(`${name} has failed outside of its tests.`);
    }
  }
  for (const project of projects) {
    if (!hasRun.has(project)) problems.push(`No test of the project ${project} has run.`);
  }
  if (status !== 0 && problems.length === 0 && total.failed === 0) {
    problems.push(`The run ended with the exit code ${status}: an error outside of all tests.`);
  }
  return {
    passed: total.passed,
    failed: total.failed + problems.length,
    skipped: total.other,
    problems,
    files: report.testResults
      .map(({ name, startTime, endTime }) => ({ file: name, durationMs: endTime - startTime }))
      .sort((a, b) => b.durationMs - a.durationMs),
    failedFiles: report.testResults
      .filter(({ status: result }) => result === "failed")
      .map(({ name }) => name),
  };
}

/**
 * Replaces the results of some files by the results of their second run.
 *
 * @param {string} first the report of all files
 * @param {string} second the report of the files that ran again
 * @returns {{ report: string, flaky: string[] }} the report of both, and the names of tests that failed only at first
 */
export function withSecondRun(first, second) {
  const report = JSON.parse(first);
  const again = new Map(JSON.parse(second).testResults.map((result) => [result.name, result]));
  /** @type {string[]} */
  const flaky = [];
  report.testResults = report.testResults.map((before) => {
    const after = again.get(before.name);
    if (!after) return before;
    const stateOf = new Map(after.assertionResults.map((test) => [test.fullName, test.status]));
    const failed = before.assertionResults.filter(({ status }) => status === "failed");
    for (const { fullName } of failed) {
      if (stateOf.get(fullName) === "passed") flaky.push(`${before.name}: ${fullName}`);
    }
    if (failed.length === 0 && after.status === "passed") flaky.push(before.name);
    return after;
  });
  return { report: JSON.stringify(report), flaky };
}
