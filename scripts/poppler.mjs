/** Finds Poppler, which shows the tests what is on a page of a PDF. */
import path from "node:path";
import { findPrograms, isExecutable } from "./programs.mjs";

/** @param {string} pdftoppm @returns {string} the program beside it */
const beside = (pdftoppm) => path.join(path.dirname(pdftoppm), "pdftotext");

/** @type {import("./programs.mjs").Program} */
const PDFTOPPM = {
  name: "Poppler (pdftoppm, pdftotext)",
  variable: "PDFTOPPM",
  places: ["/usr/bin/pdftoppm", "/usr/local/bin/pdftoppm", "/opt/homebrew/bin/pdftoppm"],
  debian: "poppler-utils",
  works: (file) => isExecutable(file) && isExecutable(beside(file)),
};

/**
 * The paths of `pdftoppm` and of `pdftotext` beside it: from the variable `PDFTOPPM`, else from the
 * usual places, else installed by apt when this is root on Debian.
 *
 * @param {(line: string) => void} [log] takes progress
 * @returns {{ pdftoppm: string, pdftotext: string }}
 * @throws {Error} saying in one sentence what to install or set
 */
export function findPoppler(log = console.log) {
  const [pdftoppm] = findPrograms([PDFTOPPM], log);
  return { pdftoppm, pdftotext: beside(pdftoppm) };
}
