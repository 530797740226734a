/** Parses comm messages in texts of Shiny's socket; extracts base64 buffers before the rest is parsed. */
import type { ParsedMessage } from "../comm/parsed-message.js";
import { isObject } from "../util/object.js";

/** The beginning of a text with a comm message, as Python or R writes it. */
const CUSTOM = /^\{"custom":\s?\{"shinywidgets_comm_/;

/** Returns whether a text seems to carry a comm message. */
export function isForComms(text: string): boolean {
  return CUSTOM.test(text);
}

/** The name of a handler, and its payload. */
type CustomMessage = readonly [type: string, payload: unknown];

/**
 * Parses the custom message of a text.
 *
 * @returns `undefined` if the text carries none, or carries anything else too, or is not JSON
 */
export function customMessage(text: string): CustomMessage | undefined {
  return (text.length < LONG ? undefined : withExtractedBuffers(text)) ?? onlyMessage(text);
}

function onlyMessage(text: string): CustomMessage | undefined {
  try {
    const envelope: unknown = JSON.parse(text);
    if (!isObject(envelope) || !isObject(envelope.custom)) return undefined;
    const [message, second] = Object.entries(envelope.custom);
    return second || Object.keys(envelope).length > 1 ? undefined : message;
  } catch {
    // Shiny reports invalid JSON.
    return undefined;
  }
}

/** The length from which extraction is faster, in characters. */
const LONG = 8_192;

/** A quote of a comm message. The message is JSON text inside JSON text, so its quotes are escaped. */
const QUOTE = '\\"';
const BUFFERS = `${QUOTE}buffers${QUOTE}`;

/** The replacement for the buffers. */
const MARK = "(buffers)";
const MARKED = `${QUOTE}${MARK}${QUOTE}`;

/**
 * Parses a long text whose buffers are base64: cuts the base64 out first, so that it is neither parsed nor
 * copied twice. Base64 has no characters that JSON escapes, so the slices are the buffers.
 *
 * @returns `undefined` also if the slices are not the message's buffers
 */
function withExtractedBuffers(text: string): CustomMessage | undefined {
  const key = text.indexOf(BUFFERS);
  if (key < 0) return undefined;
  const start = text.indexOf("[", key) + 1;
  const buffers: string[] = [];
  let end = start;
  for (let next = start; next >= 0; ) {
    const from = next + QUOTE.length;
    const to = text.indexOf("\\", from);
    // The next quote must be the escaped one that ends the buffer.
    if (!text.startsWith(QUOTE, next) || text.indexOf('"', from) !== to + 1) return undefined;
    buffers.push(text.slice(from, to));
    end = to + QUOTE.length;
    next = text[end] !== "," ? -1 : end + (text[end + 1] === " " ? 2 : 1);
  }
  const rest = text.slice(0, start) + MARKED + text.slice(end);
  if (rest.indexOf(MARKED) < start || rest.includes(MARKED, start + 1)) return undefined;
  const [type, payload] = onlyMessage(rest) ?? [];
  if (type === undefined || typeof payload !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(payload);
    if (!isObject(parsed) || JSON.stringify(parsed.buffers) !== `["${MARK}"]`) return undefined;
    parsed.buffers = buffers;
    return [type, { parsed, size: text.length } satisfies ParsedMessage];
  } catch {
    // The decoder reports the whole text.
    return undefined;
  }
}
