/** Shortens texts. */

/**
 * Returns a text of at most `maxLength` characters, plus an ending where it was shortened.
 *
 * @param ending by default names the length of the whole text
 */
export function shorten(
  text: string,
  maxLength: number,
  ending = `… (${text.length} characters)`,
): string {
  return text.length > maxLength ? text.slice(0, maxLength) + ending : text;
}
