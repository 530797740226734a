/** A Vitest reporter that writes down what ran, line by line, so that a run cut short is seen as one. */
import { appendFileSync, writeFileSync } from "node:fs";

/**
 * Its lines are JSON, read by `test-report.mjs`:
 * `{event: "start", projects: [name], files: [{project, file}]}`, what is to run;
 * `{event: "file", project, file, passed, failed, skipped, errors, durationMs}` as each file ends;
 * `{event: "end", errors}`, with the errors that belong to no file.
 *
 * The file to write is named by the variable `TEST_REPORT`.
 */
export default class TestReporter {
  #projects = [];

  onInit(vitest) {
    this.#projects = vitest.projects.map(({ name }) => name);
    writeFileSync(reportFile(), "");
  }

  onTestRunStart(specifications) {
    const files = specifications.map(({ project, moduleId }) => ({
      project: project.name,
      file: moduleId,
    }));
    write({ event: "start", projects: this.#projects, files });
  }

  onTestModuleEnd(module) {
    const states = Array.from(module.children.allTests(), (test) => test.result().state);
    const count = (state) => states.filter((other) => other === state).length;
    const suites = [module, ...module.children.allSuites()];
    write({
      event: "file",
      project: module.project.name,
      file: module.moduleId,
      passed: count("passed"),
      failed: count("failed"),
      skipped: count("skipped"),
      // Of what is around tests: an import, a hook.
      errors: suites.flatMap((suite) => suite.errors()).length,
      durationMs: Math.round(module.diagnostic().duration),
    });
  }

  onTestRunEnd(_modules, errors) {
    write({ event: "end", errors: errors.length });
  }
}

/** At once: what comes after may be the crash. */
function write(line) {
  appendFileSync(reportFile(), `${JSON.stringify(line)}\n`);
}

function reportFile() {
  const file = process.env.TEST_REPORT;
  if (!file) throw new Error("TEST_REPORT names no file for the report");
  return file;
}
