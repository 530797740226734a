/** The values of a model's state: how large each is, and, where that is asked for, what it is. */
import { MODEL_PREFIX } from "../comm/messages.js";
import { shorten } from "../util/text.js";

/** No more parts of a value than this are looked at. */
const MAX_PARTS = 10_000;
/** Of a value, no more characters than this are told. */
const MAX_CHARACTERS = 2_000;

export interface Size {
  /** About as many characters or bytes as it has on the wire. */
  readonly size: number;
  /** It is larger: only its first ten thousand parts are counted. */
  readonly more?: true;
}

/** How large a value is. Nothing in it is called, and circles end. */
export function sizeOfValue(value: unknown): Size {
  let parts = 0;
  const seen = new Set<object>();
  const sum = (part: unknown): number => {
    parts += 1;
    if (parts > MAX_PARTS) return 0;
    if (typeof part === "string") return part.length;
    if (typeof part !== "object" || part === null) return String(part).length;
    const bytes = bytesIn(part);
    if (bytes !== undefined) return bytes;
    const reference = modelReference(part);
    if (reference !== undefined) return reference.length;
    if (seen.has(part)) return 0;
    seen.add(part);
    let total = 2;
    for (const [key, inner] of entriesOf(part)) {
      total += (Array.isArray(part) ? 1 : key.length + 4) + sum(inner);
      if (parts > MAX_PARTS) break;
    }
    return total;
  };
  const size = sum(value);
  return parts > MAX_PARTS ? { size, more: true } : { size };
}

/** A value as JSON text: binary data by their lengths, models by their references, cut when it is long. */
export function textOfValue(value: unknown): string {
  const seen = new Set<object>();
  let parts = 0;
  const plain = (part: unknown): unknown => {
    parts += 1;
    if (parts > MAX_PARTS) return "…";
    if (typeof part === "bigint" || typeof part === "function") return String(part);
    if (typeof part !== "object" || part === null) return part;
    const bytes = bytesIn(part);
    if (bytes !== undefined) return `<${bytes} bytes>`;
    const reference = modelReference(part);
    if (reference !== undefined) return reference;
    if (seen.has(part)) return "<seen above>";
    seen.add(part);
    if (Array.isArray(part)) return part.slice(0, MAX_PARTS).map(plain);
    const copy: Record<string, unknown> = Object.create(null);
    for (const [key, inner] of entriesOf(part)) copy[key] = plain(inner);
    return copy;
  };
  const text = JSON.stringify(plain(value)) ?? "undefined";
  return shorten(text, MAX_CHARACTERS);
}

function bytesIn(value: object): number | undefined {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? value.byteLength : undefined;
}

function modelReference(value: object): string | undefined {
  const { model_id, state_change } = value as { model_id?: unknown; state_change?: unknown };
  return typeof model_id === "string" && state_change !== undefined
    ? `${MODEL_PREFIX}${model_id}`
    : undefined;
}

/** Getters are not called: what they do is the widget's own affair. */
function* entriesOf(value: object): Generator<[string, unknown]> {
  if (Array.isArray(value)) {
    const end = Math.min(value.length, MAX_PARTS + 1);
    for (let index = 0; index < end; index += 1) yield [String(index), value[index]];
    return;
  }
  for (const key of Object.keys(value)) {
    yield [key, Object.getOwnPropertyDescriptor(value, key)?.value];
  }
}
