/** Text messages that were parsed before they reach the decoder. */
import { isObject } from "../util/object.js";

/** A parsed text message from the server; the receiver owns it. */
export interface ParsedText {
  readonly parsed: unknown;
  /** The length of the text, in characters. */
  readonly size: number;
}

/** Returns a payload as a parsed text, or `undefined`: no message of a server has a key `parsed`. */
export function parsedIn(payload: unknown): ParsedText | undefined {
  return isParsedText(payload) ? payload : undefined;
}

function isParsedText(payload: unknown): payload is ParsedText {
  return isObject(payload) && payload.parsed !== undefined;
}
