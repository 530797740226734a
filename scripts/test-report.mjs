/** Counts what `test-reporter.mjs` wrote down; what did not run counts as failed. */

/**
 * @typedef {object} Count
 * @property {number} passed tests
 * @property {number} failed tests, and one for each of the troubles
 * @property {number} skipped tests
 * @property {string[]} troubles what failed without being a test: each a sentence
 * @property {{ file: string, durationMs: number }[]} files those that ran, the slowest first
 */

/**
 * @param {string} text of the report; an empty one is that of a run that never began
 * @param {number} [status] the exit code of the run
 * @returns {Count}
 */
export function countTests(text, status = 0) {
  const lines = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const start = lines.find(({ event }) => event === "start");
  const end = lines.find(({ event }) => event === "end");
  const ran = lines.filter(({ event }) => event === "file");
  const sum = (key) => ran.reduce((total, line) => total + line[key], 0);
  /** @type {string[]} */
  const troubles = [];

  if (!start) troubles.push("No test has run.");
  for (const project of start?.projects ?? []) {
    const files = ran.filter((line) => line.project === project);
    if (!files.some(hasRun)) troubles.push(`No test of the project ${project} has run.`);
  }
  for (const { project, file } of start?.files ?? []) {
    const line = ran.find((other) => other.project === project && other.file === file);
    if (!line) troubles.push(`${file} was not run to its end.`);
    else if (line.errors > 0) troubles.push(`${file} has failed outside its tests.`);
    else if (!hasRun(line)) troubles.push(`No test in ${file} has run.`);
  }
  if (start && !end) troubles.push("The run was cut short.");
  if (end?.errors > 0) troubles.push(`Errors that belong to no test: ${end.errors}.`);
  if (status !== 0 && troubles.length === 0 && sum("failed") === 0) {
    troubles.push(`The run ended with the exit code ${status}.`);
  }

  return {
    passed: sum("passed"),
    failed: sum("failed") + troubles.length,
    skipped: sum("skipped"),
    troubles,
    files: ran.sort((a, b) => b.durationMs - a.durationMs),
  };
}

function hasRun({ passed, failed }) {
  return passed + failed > 0;
}
