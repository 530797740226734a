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
