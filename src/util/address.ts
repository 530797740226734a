/** Addresses below the page. */

/** The base of the page at the start. Without `<base>`, `history.pushState` changes the base, and no file moves. */
const FIRST_BASE = globalThis.document?.baseURI;

/**
 * Returns the absolute address of a file, below the present `<base>`: hosts change it when another worker serves
 * the page.
 *
 * @throws {TypeError} for a relative address on a page without folders, such as a `data:` page
 */
export function addressOf(url: string): string {
  return new URL(url, document.querySelector("base[href]") ? document.baseURI : FIRST_BASE).href;
}
