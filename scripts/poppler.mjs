/** Finds Poppler, with which tests read the pages of a PDF. */
import path from "node:path";
import { findPrograms, isExecutable } from "./programs.mjs";

/** Returns the path of `pdftotext`, in the folder of `pdftoppm`. @param {string} pdftoppm @returns {string} */
const pdftotextOf = (pdftoppm) => path.join(path.dirname(pdftoppm), "pdftotext");

/** @type {import("./programs.mjs").Program} */
const PDFTOPPM = {
  name: "Poppler (pdftoppm, pdftotext)",
  variable: "PDFTOPPM",
  places: ["/usr/bin/pdftoppm", "/usr/local/bin/pdftoppm", "/opt/homebrew/bin/pdftoppm"],
  debian: "poppler-utils",
  works: (file) => isExecutable(file) && isExecutable(pdftotextOf(file)),
};

/**
 * Returns the paths of `pdftoppm` and `pdftotext`, as {@link findPrograms} finds them.
 *
 * @param {(line: string) => void} [log] receives progress
 * @returns {{ pdftoppm: string, pdftotext: string }}
 */
export function findPoppler(log = console.log) {
  const [pdftoppm] = findPrograms([PDFTOPPM], log);
  return { pdftoppm, pdftotext: pdftotextOf(pdftoppm) };
}
