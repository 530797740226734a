/** `npm run check:r`: checks the R package as CRAN does, its style, its coverage, and its tarball in a browser. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { readPage } from "../docs/markdown.mjs";
import { BROWSER_ARGS, findBrowser } from "./browser.mjs";
import { filesBelow, hashOf } from "./files.mjs";
import { findPrograms } from "./programs.mjs";
import {
  buildRPackage,
  ensureRPackage,
  findRscript,
  installRPackage,
  rBeside,
  startRShiny,
  withLibrary,
} from "./r.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SOURCES = path.join(ROOT, "r");
/** The packages of the tools, and of the tests and vignettes. */
const PACKAGES = [
  "shiny",
  "testthat",
  "roxygen2",
  "lintr",
  "covr",
  "knitr",
  "rmarkdown",
  "bit64",
  "bslib",
];
const MAX_TARBALL_BYTES = 1_000_000;
const MIN_COVERAGE_PERCENT = 90;

/** The notes that are not faults: of a first submission, and of suggested packages that Debian does not have. */
const ALLOWED_NOTES = [
  /^checking CRAN incoming feasibility .*\n(?:Maintainer:.*|New submission|\s)*$/,
  /^checking package dependencies .*\nPackages? suggested but not available for checking:\s.*\s*$/,
];

/** @type {import("./programs.mjs").Program[]} */
const PROGRAMS = ["pandoc", "qpdf", "tidy"].map((name) => ({
  name,
  variable: name.toUpperCase(),
  places: ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map((folder) =>
    path.join(folder, name),
  ),
  debian: name,
}));

/**
 * Runs the checks.
 *
 * @param {(line: string) => void} [log] receives progress
 * @returns {Promise<{ passed: number, failed: number, notes: string[] }>}
 */
export async function checkR(log = console.log) {
  const rscript = findRscript(log, PACKAGES);
  const folders = findPrograms(PROGRAMS, log).map((program) => path.dirname(program));
  const folder = mkdtempSync(path.join(tmpdir(), "shiny-comm-r-"));
  const library = path.join(folder, "library");
  mkdirSync(library);
  const env = {
    ...process.env,
    ...withLibrary(library),
    PATH: [...new Set(folders), process.env.PATH].join(path.delimiter),
  };
  const r = { rscript, folder, env };
  let passed = 0;
  /** @type {string[]} */
  const notes = [];
  /** Runs one check. It fails with an error. @param {string} name @param {() => unknown} check */
  const run = async (name, check) => {
    const startMs = performance.now();
    try {
      const result = await check();
      const took = ((performance.now() - startMs) / 1000).toFixed(1);
      log(`✓ ${name}${result ? `: ${result}` : ""} (${took} s)`);
      passed++;
    } catch (error) {
      const text = `${name}: ${error instanceof Error ? error.message : error}`;
      log(`✗ ${text}`);
      notes.push(text);
    }
  };

  try {
    await run("the version equals that of package.json", checkVersion);
    // The check of the docs runs at the same time. It finds the package, and writes nothing to r/ while R reads r/.
    await ensureRPackage();
    let tarball = "";
    await run("the tarball takes less than 1 MB", async () => {
      tarball = await buildRPackage({ rscript, folder });
      const size = statSync(tarball).size;
      if (size > MAX_TARBALL_BYTES) throw new Error(`${size} bytes`);
      return `${Math.round(size / 1000)} kB`;
    });
    if (tarball) {
      await Promise.all([
        run("R CMD check --as-cran is clean", () => checkAsCran(r, tarball)),
        run(`the tests pass, and reach ${MIN_COVERAGE_PERCENT} % of the lines`, () =>
          checkCoverage(r),
        ),
        (async () => {
          await run("the tarball can be installed in a new library", () =>
            installRPackage({ rscript, tarball, library }),
          );
          await run("the sample of README.md runs with the installed tarball", () =>
            checkSample(folder, library),
          );
          await run("NAMESPACE and man/ match the sources", () => checkDocumentation(r));
          await run("lintr has no findings", () => checkStyle(r));
        })(),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { passed, failed: notes.length, notes };
}

/** @typedef {{ rscript: string, folder: string, env: NodeJS.ProcessEnv }} R */

/** A release sets both versions. A pre-release has no version in R, and leaves the version of the package. */
function checkVersion() {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  const description = readFileSync(path.join(SOURCES, "DESCRIPTION"), "utf8");
  const [, ours] = /^Version: (.*)$/m.exec(description) ?? [];
  if (ours !== version && !version.includes("-")) throw new Error(`${ours}, expected ${version}`);
  return ours;
}

/** @param {R} r @param {string} tarball */
async function checkAsCran(r, tarball) {
  // Instead of CRAN's list of packages without a maintainer: the check must not depend on a network.
  const lists = path.join(r.folder, "cran");
  const code = `
    dir.create("cran/web/packages", recursive = TRUE)
    dir.create("cran/src/contrib", recursive = TRUE)
    saveRDS(data.frame(Package = character(), Maintainer = character()), "cran/web/packages/packages.rds")
    file.create("cran/src/contrib/PACKAGES")`;
  await execute(r, r.rscript, ["-e", code], r.folder);
  const profile = path.join(r.folder, "profile.R");
  writeFileSync(profile, `options(repos = c(CRAN = ${JSON.stringify(`file://${lists}`)}))\n`);
  const env = {
    ...r.env,
    R_LIBS: process.env.R_LIBS,
    R_CRAN_WEB: `file://${lists}`,
    R_PROFILE_USER: profile,
    _R_CHECK_FORCE_SUGGESTS_: "false",
    _R_CHECK_CRAN_INCOMING_REMOTE_: "false",
    // A clock of the network.
    _R_CHECK_SYSTEM_CLOCK_: "false",
  };
  // checkCoverage() runs the tests, and the build of the tarball the vignettes. The manual as PDF requires TeX.
  const skipped = ["--no-manual", "--no-tests", "--no-vignettes", "--no-build-vignettes"];
  const args = ["CMD", "check", "--as-cran", ...skipped, tarball];
  const { output } = await execute({ ...r, env }, rBeside(r.rscript), args, r.folder, true);
  if (!/^\* DONE$/m.test(output)) throw new Error(`the check did not end:\n${output}`);
  const entries = output.split(/^\* /m).slice(1);
  const faults = entries
    .filter((entry) => /\.\.\..* (?:NOTE|WARNING|ERROR)$/m.test(entry))
    .filter((entry) => !ALLOWED_NOTES.some((allowed) => allowed.test(entry)));
  if (faults.length > 0) throw new Error(`\n${faults.join("")}`);
  return /^Status: .*$/m.exec(output)?.[0];
}

/** @param {R} r */
async function checkCoverage(r) {
  const code = `
    coverage <- covr::package_coverage(commandArgs(TRUE), type = "tests", quiet = TRUE)
    files <- covr::coverage_to_list(coverage)
    cat("total", files$totalcoverage, "\\n")
    cat(sprintf("%s: %.0f %%\\n", names(files$filecoverage), files$filecoverage), sep = "")`;
  const { output } = await execute(r, r.rscript, ["-e", code, SOURCES]);
  const percent = Number(/^total ([\d.]+)/m.exec(output)?.[1]);
  if (!(percent >= MIN_COVERAGE_PERCENT)) throw new Error(`${percent} %\n${output}`);
  return `${percent} %`;
}

/** @param {string} folder @param {string} library */
async function checkSample(folder, library) {
  const sample = readPage("README.md").samples.find(
    ({ language, code }) => language === "r" && code.includes("shinyApp("),
  );
  if (!sample) throw new Error("README.md has no app in R");
  const app = path.join(folder, "app");
  mkdirSync(app);
  writeFileSync(path.join(app, "app.R"), `${sample.code}\n`);
  const server = await startRShiny({ app, library });
  const browser = await chromium.launch({ executablePath: findBrowser(), args: BROWSER_ARGS });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const value = page.locator("#value");
    await value.getByText("7", { exact: true }).waitFor();
    await page.locator("#slider .noUi-handle").press("ArrowRight");
    await value.getByText("8", { exact: true }).waitFor();
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Writes NAMESPACE and man/ again. @param {R} r */
async function checkDocumentation(r) {
  const generated = async () =>
    hashOf([
      path.join(SOURCES, "NAMESPACE"),
      path.join(SOURCES, "DESCRIPTION"),
      ...(await filesBelow(path.join(SOURCES, "man"), /^$/)),
    ]);
  const before = await generated();
  const code = 'roxygen2::roxygenise(commandArgs(TRUE), load_code = "installed")';
  await execute(r, r.rscript, ["-e", code, SOURCES]);
  if ((await generated()) !== before) throw new Error("they were out of date: commit them");
}

/** @param {R} r */
async function checkStyle(r) {
  const code = `
    lints <- lintr::lint_package(commandArgs(TRUE))
    for (lint in lints) {
      cat(sprintf("r/%s:%d: %s (%s)\\n", lint$filename, lint$line_number, lint$message, lint$linter))
    }`;
  const { output } = await execute(r, r.rscript, ["-e", code, SOURCES]);
  const findings = output.split("\n").filter((line) => line.startsWith("r/"));
  if (findings.length > 0) throw new Error(`${findings.length}\n${findings.join("\n")}`);
}

/**
 * Runs a command. Rejects with its output if it fails.
 *
 * @param {R} r
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 * @param {boolean} [mayFail]
 * @returns {Promise<{ output: string }>}
 */
function execute(r, command, args, cwd = ROOT, mayFail = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: r.env, stdio: ["ignore", "pipe", "pipe"] });
    const killNow = () => child.kill();
    process.once("exit", killNow);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("exit", killNow);
      if (code === 0 || mayFail) resolve({ output });
      else reject(new Error(`exit code ${code}\n${output}`));
    });
  });
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { passed, failed } = await checkR();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
