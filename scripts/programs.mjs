/** Finds the programs that the tests need. As root on Debian, apt installs a missing program. */
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A missing program; the message names the package to install or the variable to set. */
export class ProgramError extends Error {}

/**
 * @typedef {object} Program
 * @property {string} name the name in messages
 * @property {string} variable the environment variable with the program's path
 * @property {string[]} places the usual paths, the best first
 * @property {string} debian the Debian packages of the program, separated by spaces
 * @property {(path: string) => boolean} [works] whether the file at a path is usable; by default, whether it is executable
 */

/**
 * Returns the paths of programs, in order: from the variable if it is set, otherwise from the usual places. As root on Debian,
 * apt installs the missing ones first.
 *
 * @param {Program[]} programs
 * @param {(line: string) => void} [log] receives progress
 * @returns {string[]}
 * @throws {ProgramError} for a missing program
 */
export function findPrograms(programs, log = console.log) {
  const findMissing = () => programs.filter((program) => !find(program));
  let missing = findMissing();
  if (missing.length > 0 && process.getuid?.() === 0 && isExecutable("/usr/bin/apt-get")) {
    log(`${list(missing, "name", " and ")} not found; installing the packages of Debian …`);
    // In run level 1, Debian's packages do not start their services.
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
    const packages = missing.flatMap(({ debian }) => debian.split(" "));
    // apt fails, and does not wait, while another process runs it.
    const apt = [join(tmpdir(), "shiny-comm-apt.lock"), "apt-get"];
    execFileSync("flock", [...apt, "update"], { stdio: "ignore", env });
    execFileSync("flock", [...apt, "install", "-y", "--no-install-recommends", ...packages], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
    missing = findMissing();
  }
  if (missing.length > 0) {
    throw new ProgramError(
      `The tests need ${list(missing, "name", " and ")}: install it (Debian: sudo apt-get install ${list(missing, "debian", " ")}), or set ${list(missing, "variable", " and ")} to its path.`,
    );
  }
  return programs.map((program) => find(program) ?? "");
}

/** @param {Program} program */
function find({ name, variable, places, works = isExecutable }) {
  const chosen = process.env[variable];
  if (!chosen) return places.find(works);
  if (works(chosen)) return chosen;
  throw new ProgramError(`${variable} is wrong: expected the path of ${name}, got ${chosen}.`);
}

/** @param {Program[]} programs @param {"name" | "debian" | "variable"} what @param {string} by */
function list(programs, what, by) {
  return programs.map((program) => program[what]).join(by);
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
