/** Shortens texts. */
/**
 * Returns a text of at most `maxLength` characters, plus an ending where it was shortened.
 *
 * @param ending by default says how long the whole text is
 */
export declare function shorten(text: string, maxLength: number, ending?: string): string;
