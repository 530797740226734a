/** Counts the tests in a report of Vitest's `json` reporter. A file that did not run counts as failed. */

/**
 * @typedef {object} Count
 * @property {number} passed tests
 * @property {number} failed tests, and one for each of the problems
 * @property {number} skipped tests
 * @property {string[]} problems failures outside of tests: each a sentence
 * @property {{ file: string, durationMs: number }[]} files the slowest first
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
    return { passed: 0, failed: 1, skipped: 0, problems: ["The run ended early."], files: [] };
  }
  const report = JSON.parse(text);
  /** @type {string[]} */
  const problems = [];
  const hasRun = new Set();
  for (const { name, status: result, assertionResults: tests } of report.testResults) {
    const of = (state) => tests.filter((test) => test.status === state).length;
    if (of("passed") + of("failed") > 0) hasRun.add(projectOf(name));
    else if (result === "passed") problems.push(`No test in ${name} has run.`);
    if (result === "failed" && of("failed") === 0) {
      problems.push(`${name} has failed outside of its tests.`);
    }
  }
  for (const project of projects) {
    if (!hasRun.has(project)) problems.push(`No test of the project ${project} has run.`);
  }
  if (status !== 0 && problems.length === 0 && report.numFailedTests === 0) {
    problems.push(`The run ended with the exit code ${status}: an error outside of all tests.`);
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + problems.length,
    skipped: report.numPendingTests + report.numTodoTests,
    problems,
    files: report.testResults
      .map(({ name, startTime, endTime }) => ({ file: name, durationMs: endTime - startTime }))
      .sort((a, b) => b.durationMs - a.durationMs),
  };
}
