/** Applies patches to the texts of packages, in the build and for the tests of the sources. */
import { readFile } from "node:fs/promises";
import { backboneCopy } from "./backbone-copy.mjs";
import { backboneDefaults } from "./backbone-defaults.mjs";
import { baseEqual } from "./base-equal.mjs";
import { controlsMath } from "./math.mjs";
import { sliderSize } from "./slider-size.mjs";
import { sliderSteps } from "./slider-steps.mjs";
import { sliderUserEvents } from "./slider-user-events.mjs";

/**
 * @typedef {object} Rewrite
 * @property {RegExp} filter matches the paths of the files
 * @property {string} [contents] replaces a whole file
 * @property {Record<string, string>} [changes] texts, and what replaces each
 * @property {Record<string, string>} [cuts] begins of parts to remove, and where each ends
 */

/** @type {readonly Rewrite[]} */
export const REWRITES = [
  backboneCopy,
  backboneDefaults,
  baseEqual,
  controlsMath,
  sliderSize,
  sliderSteps,
  sliderUserEvents,
];

/** Returns whether a file is patched. @param {string} path */
export function isRewritten(path) {
  return REWRITES.some(({ filter }) => filter.test(path));
}

/**
 * Returns the patched text of a file.
 *
 * @param {string} path
 * @throws {Error} when the file does not have a text that a patch replaces: the package has changed
 */
export async function rewritten(path) {
  let text = await readFile(path, "utf8");
  /** @param {string} part */
  const find = (part, from = 0) => {
    const index = text.indexOf(part, from);
    if (index < 0)
      throw new Error(`cannot patch ${path}: it does not have ${JSON.stringify(part)}`);
    return index;
  };
  for (const { filter, contents, changes = {}, cuts = {} } of REWRITES) {
    if (!filter.test(path)) continue;
    text = contents ?? text;
    for (const [before, after] of Object.entries(changes)) {
      find(before);
      text = text.replace(before, () => after);
    }
    for (const [begin, end] of Object.entries(cuts)) {
      const index = find(begin);
      text = text.slice(0, index) + text.slice(find(end, index));
    }
  }
  return text;
}
