/** A parsed text message from the server; the receiver owns it. */
export interface ParsedText {
    readonly parsed: unknown;
    /** The length of the text, in characters. */
    readonly size: number;
}
/** Returns a payload as a parsed text, or `undefined`: no message of a server has a key `parsed`. */
export declare function parsedIn(payload: unknown): ParsedText | undefined;
