/** The rules of "Language" in CONTRIBUTING.md that a machine can check, on one sentence. */
import { FRAGMENT, STRICT, WIDE } from "./phrases.mjs";

export const MAX_WORDS = 25;

/**
 * @typedef {object} Finding
 * @property {"strict" | "wide" | "long" | "opener" | "fragment"} rule `opener` is only counted
 * @property {string} message
 */

/**
 * @param {import("./sentences.mjs").Sentence} sentence
 * @param {import("./extract.mjs").Block["kind"]} kind
 * @returns {Finding[]}
 */
export function check({ text, words }, kind) {
  return [
    ...matches(text, STRICT, "strict"),
    ...matches(text, WIDE, "wide"),
    ...(words > MAX_WORDS
      ? [{ rule: /** @type {const} */ ("long"), message: `${words} words (at most ${MAX_WORDS})` }]
      : []),
    ...(kind === "test" && FRAGMENT.test(text)
      ? [{ rule: /** @type {const} */ ("fragment"), message: "a test's name needs a subject" }]
      : []),
    ...(/^(?:It|That|There|They|This|These)\b(?! \w+ed\b)/.test(text) && kind !== "test"
      ? [{ rule: /** @type {const} */ ("opener"), message: "the subject is a pronoun" }]
      : []),
  ];
}

/** @param {"strict" | "wide"} rule @returns {Finding[]} */
function matches(text, phrases, rule) {
  return phrases.flatMap(({ pattern, say }) =>
    [...text.matchAll(pattern)].map(([found]) => ({
      rule,
      message: `"${found.trim()}" (plain: ${say})`,
    })),
  );
}
