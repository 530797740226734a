/** Texts from Shiny's socket with a comm message in them; the buffers are cut out before the rest is parsed. */
import type { JsonObject, ParsedText } from "../comm/messages.js";

/** Begins as a text begins with a message for comms in it, as Python or R writes it. */
const CUSTOM = /^\{"custom":\s?\{"shinywidgets_comm_/;

/** Whether there seems to be a message for comms in a text. */
export function isForComms(text: unknown): text is string {
  return typeof text === "string" && CUSTOM.test(text);
}

/** A handler's name, and what it takes. */
type CustomMessage = readonly [type: string, payload: unknown];

/**
 * The custom message of a text.
 *
 * @returns `undefined` when it has none, or something beside it, or is not JSON
 */
export function customMessage(text: string): CustomMessage | undefined {
  return (text.length < LONG ? undefined : withBuffersApart(text)) ?? onlyMessage(text);
}

function onlyMessage(text: string): CustomMessage | undefined {
  try {
    const { custom, ...others } = JSON.parse(text) as { custom: JsonObject };
    const [message, second] = Object.entries(custom);
    return second || Object.keys(others).length > 0 ? undefined : message;
  } catch {
    // Shiny is to say so.
    return undefined;
  }
}

/** In characters; shorter ones are parsed in no time. */
const LONG = 8_192;

/** The quotes of a comm message are escaped, since it is a text in a text. */
const QUOTE = '\\"';
const BUFFERS = `${QUOTE}buffers${QUOTE}`;

/** Stands where the buffers were. */
const MARK = "(buffers)";
const MARKED = `${QUOTE}${MARK}${QUOTE}`;

/**
 * The same for a long text with buffers, whose base64 would otherwise be gone through twice and copied
 * twice. There is nothing in it that JSON escapes, so it can be cut out as it is.
 *
 * @returns `undefined`, too, when what was cut out are not the buffers of the message
 */
function withBuffersApart(text: string): CustomMessage | undefined {
  const key = text.indexOf(BUFFERS);
  if (key < 0) return undefined;
  const start = text.indexOf("[", key) + 1;
  const buffers: string[] = [];
  let end = start;
  for (let next = start; next >= 0; ) {
    const from = next + QUOTE.length;
    const to = text.indexOf("\\", from);
    // Nothing else is escaped in it, and the whole text does not end in it.
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
    const parsed = JSON.parse(payload) as { buffers?: unknown };
    if (JSON.stringify(parsed.buffers) !== `["${MARK}"]`) return undefined;
    parsed.buffers = buffers;
    return [type, { parsed, size: text.length } satisfies ParsedText];
  } catch {
    // What is wrong is to be said of the whole text.
    return undefined;
  }
}
