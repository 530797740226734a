/** Reads links, anchors and samples of a Markdown page, as shown by GitHub, and samples of R Markdown. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import GithubSlugger from "github-slugger";
import { marked } from "marked";
import { scanHtml } from "./html.mjs";
import { ROOT } from "./pages.mjs";

/**
 * @typedef {object} Sample a fenced block of code
 * @property {string} page
 * @property {number} index its position among the page's samples, from 1
 * @property {string} language the first word after the fence
 * @property {string} code
 * @property {Record<string, string>} notes the comments before it: `<!-- not run: the reason -->`,
 * `<!-- shows: the last text of the page -->`, `<!-- file: the name of the file -->`, `<!-- run:
 * node -->`, `<!-- bundle: the name of the script for apps of the page -->`, `<!-- logs: a part of an error that
 * a widget itself logs -->`
 */

/** @param {string} page relative to the repository's root */
export function readPage(page) {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  const { links, anchors, headings } = scanHtml(/** @type {string} */ (marked.parse(text)));
  const slugger = new GithubSlugger();
  for (const heading of headings) anchors.add(slugger.slug(heading));
  return {
    text,
    anchors,
    links: links.map(({ address }) => address),
    samples: samplesIn(page, text),
  };
}

/** @param {string} page @param {string} text @returns {Sample[]} */
function samplesIn(page, text) {
  /** @type {Sample[]} */
  const samples = [];
  /** @type {Record<string, string>} */
  let notes = {};
  for (const token of marked.lexer(text.replace(/^---\n[\s\S]*?\n---\n/, ""))) {
    if (token.type === "code" && token.lang) {
      // GitHub uses only the first word; a second word is the name of a file. R Markdown has `{r, options}`.
      const chunk = /^\{(\w+)/.exec(token.lang);
      const [language = "", file] = chunk ? [chunk[1]] : token.lang.split(" ");
      if (file) notes = { ...notes, file };
      samples.push({ page, index: samples.length + 1, language, code: token.text, notes });
    }
    if (token.type === "html") {
      const found = token.raw.matchAll(/^<!-- ([a-z ]+): (.+?) -->/gms);
      for (const [, name = "", value = ""] of found) notes = { ...notes, [name]: value };
    } else if (token.type !== "space") notes = {};
  }
  return samples;
}

/**
 * Writes samples into files: the files in their notes, in a folder for each page, or numbered
 * files.
 *
 * @param {Sample[]} samples
 * @param {string} folder
 * @param {string} extension
 * @returns {{ sample: Sample, file: string }[]}
 */
export function writeSamples(samples, folder, extension) {
  return samples.map((sample) => {
    const name = sample.notes.file ?? `sample-${sample.index}.${extension}`;
    const file = path.join(folder, nameOf(sample.page), name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${sample.code}\n`);
    return { sample, file };
  });
}

/** Returns a page's path as one word. @param {string} page */
export function nameOf(page) {
  return page.replace(/\.R?md$/, "").replace(/\W/g, "_");
}
