/** Reads links, anchors and the texts of headings in HTML. */
import { Parser } from "htmlparser2";

/** Attributes that name another file, and whether the browser fetches it automatically. */
const LINKS = {
  href: (/** @type {string} */ tag) => tag !== "a",
  src: () => true,
  srcset: () => true,
};

/**
 * @typedef {object} Scanned
 * @property {{ address: string, fetched: boolean }[]} links
 * @property {Set<string>} anchors
 * @property {string[]} headings
 */

/** @param {string} html @returns {Scanned} */
export function scanHtml(html) {
  /** @type {Scanned} */
  const scanned = { links: [], anchors: new Set(), headings: [] };
  /** @type {string | undefined} */
  let heading;
  const parser = new Parser({
    onopentag(tag, attributes) {
      for (const [name, fetched] of Object.entries(LINKS)) {
        const address = attributes[name];
        if (address !== undefined) scanned.links.push({ address, fetched: fetched(tag) });
      }
      for (const name of ["id", "name"]) {
        if (attributes[name]) scanned.anchors.add(attributes[name]);
      }
      if (/^h[1-6]$/.test(tag)) heading = "";
    },
    ontext(text) {
      if (heading !== undefined) heading += text;
    },
    onclosetag(tag) {
      if (!/^h[1-6]$/.test(tag) || heading === undefined) return;
      scanned.headings.push(heading);
      heading = undefined;
    },
  });
  parser.end(html);
  return scanned;
}
