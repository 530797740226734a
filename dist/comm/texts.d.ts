/** A comm message whose text has been parsed already, and which is nobody else's. */
export interface ParsedText {
    readonly parsed: unknown;
    /** How long the text was, in characters. */
    readonly size: number;
}
/** The same, if that is what a payload is: a message as the server sends it has nothing of that name. */
export declare function parsedIn(payload: unknown): ParsedText | undefined;
/** Whether there seems to be a message for comms in a text. */
export declare function isForComms(text: unknown): text is string;
/** A handler's name, and what it takes. */
type CustomMessage = readonly [type: string, payload: unknown];
/**
 * The custom message of a text.
 *
 * @returns `undefined` when it has none, or something beside it, or is not JSON
 */
export declare function customMessage(text: string): CustomMessage | undefined;
export {};
