/** Messages that were parsed before they reach the decoder. */
import { isObject } from "../util/object.js";

/** A parsed message from the server: a text, or a message of a batch. The receiver owns it. */
export interface ParsedMessage {
  readonly parsed: unknown;
  /** The length of a text, in characters. */
  readonly size?: number;
  /** Reads the buffers of a message in a batch. @throws {RangeError} when the message is invalid */
  readonly readBuffers?: () => DataView[];
  /** The reason why a batch is invalid, instead of its messages. */
  readonly fault?: string;
}

/** Returns whether a payload is a parsed message: no message of a server has a key `parsed`. */
export function isParsed(payload: unknown): payload is ParsedMessage {
  return isObject(payload) && payload.parsed !== undefined;
}
