/** Shortens texts. */
/**
 * Returns a text of at most `maxLength` characters, plus an ending where it was shortened.
 *
 * @param ending by default names the length of the whole text
 */
export declare function shorten(text: string, maxLength: number, ending?: string): string;
