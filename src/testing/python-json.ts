/** Writes JSON like Python's `json.dumps`, byte for byte. */
import { CommError, isCommError, messageOf } from "../comm/errors.js";

/**
 * Writes a value as Python's `json.dumps(value, ensure_ascii=False, allow_nan=False)` does, which
 * shinywidgets uses for messages: with `", "` and `": "` between the parts, and only necessary escapes.
 *
 * JavaScript cannot distinguish a float without a fraction (`1.0`) from an integer:
 *
 * - An integer within ±(2⁵³ − 1) is written as an `int` (`1`), and so is a `bigint`.
 * - Every other number is written as a `float` (`0.1`, `1e-07`, `1e+16`, `-0.0`).
 * - Keys of an object that look like indices (`"2"`, `"10"`) come first, in ascending order. A `Map` keeps
 *   its order.
 * - A `Date` is written as a `datetime` in UTC, a `Set` as a list. Keys with the value `undefined` are omitted.
 *
 * @example
 * ```ts
 * import { pythonJson } from "shiny-comm/testing";
 *
 * console.log(pythonJson({ n: 1, small: 1e-7, list: ["é", null] }));
 * // {"n": 1, "small": 1e-07, "list": ["é", null]}
 * ```
 * @throws {CommError} `ENCODE` for a value that JSON cannot represent: NaN, an infinity, `undefined` in a
 *   list, a function, a symbol, binary or circular data
 */
export function pythonJson(value: unknown): string {
  try {
    return write(value, new Set());
  } catch (cause) {
    if (isCommError(cause, "ENCODE")) throw cause;
    // The value is nested too deep, or a getter or `toJSON` throws.
    throw new CommError("ENCODE", `cannot write a value as JSON (${messageOf(cause)})`, { cause });
  }
}

function write(value: unknown, inside: Set<object>): string {
  switch (typeof value) {
    case "string":
      return writeText(value);
    case "number":
      return writeNumber(value);
    case "bigint":
      return value.toString();
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return value === null ? "null" : writeObject(value, inside);
    default:
      throw new CommError("ENCODE", `a value of type ${typeof value} is not JSON serializable`);
  }
}

function writeObject(value: object, inside: Set<object>): string {
  if (value instanceof Date) return `"${isoFormat(value)}"`;
  if (ArrayBuffer.isView(value) || isArrayBuffer(value)) {
    throw new CommError(
      "ENCODE",
      "a binary value is not JSON serializable: send it as a buffer (removeBuffers extracts buffers from a state)",
    );
  }
  if (inside.has(value)) throw new CommError("ENCODE", "circular reference detected");
  inside.add(value);
  try {
    if ("toJSON" in value && typeof value.toJSON === "function") {
      return write(value.toJSON(), inside);
    }
    if (Array.isArray(value) || value instanceof Set) {
      return `[${Array.from(value, (item) => write(item, inside)).join(", ")}]`;
    }
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    const parts = entries
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${writeKey(key)}: ${write(item, inside)}`);
    return `{${parts.join(", ")}}`;
  } finally {
    inside.delete(value);
  }
}

/** Writes a key; Python converts numbers, booleans and `None` to text. */
function writeKey(key: unknown): string {
  if (typeof key === "string") return writeText(key);
  if (key === null || typeof key === "number" || typeof key === "boolean") {
    return `"${write(key, new Set())}"`;
  }
  throw new CommError("ENCODE", "keys must be texts, numbers, booleans or null");
}

/** Escapes of lone surrogates, which Python does not escape, and all other escapes. */
const ESCAPES = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

function writeText(text: string): string {
  return JSON.stringify(text).replace(ESCAPES, (escaped, half: string | undefined) =>
    half === undefined ? escaped : String.fromCharCode(Number.parseInt(half, 16)),
  );
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) {
    throw new CommError("ENCODE", `out of range float values are not JSON compliant: ${value}`);
  }
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value.toString();
  return floatRepr(value);
}

/** Writes a float like Python's `repr`: the shortest digits, with an exponent below 1e-4 and from 1e16. */
function floatRepr(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa = "", power = "0"] = Math.abs(value).toExponential().split("e");
  const exponent = Number(power);
  const digits = mantissa.replace(".", "");
  if (exponent < -4 || exponent >= 16) {
    const shown = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${shown}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** Writes a date like Python's `datetime.isoformat` in UTC, with shinywidgets' `Z`. */
function isoFormat(date: Date): string {
  const text = date.toISOString();
  return text.endsWith(".000Z") ? text.replace(".000Z", "Z") : text.replace(/Z$/, "000Z");
}

/** Returns whether a value is an `ArrayBuffer`, of any realm. */
function isArrayBuffer(value: object): boolean {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}
