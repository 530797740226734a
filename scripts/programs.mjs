/** Finds the programs that the tests need, or installs Debian's where that is allowed, or says what to do. */
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

/** A program that is needed and cannot be had; the message says what to do. */
export class ProgramError extends Error {}

/**
 * @typedef {object} Program
 * @property {string} name what people call it
 * @property {string} variable the environment variable that chooses it
 * @property {string[]} places its usual paths, the best first
 * @property {string} debian the Debian package that brings it
 * @property {(path: string) => boolean} [works] whether what is there will do; else that it can be run
 */

/**
 * The paths of programs: each from its variable, else from the usual places, else installed by apt
 * when this is root on Debian.
 *
 * @param {Program[]} programs
 * @param {(line: string) => void} [log] takes progress
 * @returns {string[]} in the same order
 * @throws {Error} saying in one sentence what to install or set
 */
export function findPrograms(programs, log = console.log) {
  const sought = () => programs.filter((program) => !find(program));
  let missing = sought();
  if (missing.length > 0 && process.getuid?.() === 0 && isExecutable("/usr/bin/apt-get")) {
    log(`No ${list(missing, "name", " and ")} here; installing Debian's …`);
    // In run level 1 Debian's packages do not start the services that they bring.
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
    const packages = missing.map(({ debian }) => debian);
    execFileSync("apt-get", ["update"], { stdio: "ignore", env });
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", ...packages], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
    missing = sought();
  }
  if (missing.length > 0) {
    throw new ProgramError(
      `The tests need ${list(missing, "name", " and ")}: install what is missing (Debian: sudo apt-get install ${list(missing, "debian", " ")}), or set ${list(missing, "variable", " and ")} to its path.`,
    );
  }
  return programs.map((program) => find(program) ?? "");
}

/** @param {Program} program */
function find({ name, variable, places, works = isExecutable }) {
  const chosen = process.env[variable];
  if (!chosen) return places.find(works);
  if (works(chosen)) return chosen;
  throw new ProgramError(`${variable} is set to ${chosen}, but that is no ${name}.`);
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
