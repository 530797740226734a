/** The sizes and texts of the values of a model's state. */
import { MODEL_PREFIX } from "../comm/messages.js";
import { shorten } from "../util/text.js";

/** The maximum number of inspected parts of a value. */
const MAX_PARTS = 10_000;
/** The maximum length of a value's text, in characters. */
const MAX_CHARACTERS = 2_000;

export interface Size {
  /** The approximate number of characters or bytes on the wire. */
  readonly size: number;
  /** Whether the value is larger: only its first ten thousand parts are counted. */
  readonly more?: true;
}

/** Returns the size of a value, without calling its methods. Values may be circular. */
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

/** Returns a value as shortened JSON, with the lengths of binary data and references to models. */
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

/** Lists the entries of a value without calling getters, which may have side effects. */
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
