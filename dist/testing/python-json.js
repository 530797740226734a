// src/testing/python-json.ts
import { CommError, isCommError, messageOf } from "../comm/errors.js";
function pythonJson(value) {
  try {
    return write(value, /* @__PURE__ */ new Set());
  } catch (cause) {
    if (isCommError(cause, "ENCODE")) throw cause;
    throw new CommError("ENCODE", `cannot write a value as JSON (${messageOf(cause)})`, { cause });
  }
}
function write(value, inside) {
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
function writeObject(value, inside) {
  if (value instanceof Date) return `"${isoFormat(value)}"`;
  if (ArrayBuffer.isView(value) || isArrayBuffer(value)) {
    throw new CommError(
      "ENCODE",
      "a binary value is not JSON serializable: send it as a buffer (removeBuffers extracts buffers from a state)"
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
    const parts = entries.filter(([, item]) => item !== void 0).map(([key, item]) => `${writeKey(key)}: ${write(item, inside)}`);
    return `{${parts.join(", ")}}`;
  } finally {
    inside.delete(value);
  }
}
function writeKey(key) {
  if (typeof key === "string") return writeText(key);
  if (key === null || typeof key === "number" || typeof key === "boolean") {
    return `"${write(key, /* @__PURE__ */ new Set())}"`;
  }
  throw new CommError("ENCODE", "keys must be texts, numbers, booleans or null");
}
var ESCAPES = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;
function writeText(text) {
  return JSON.stringify(text).replace(
    ESCAPES,
    (escaped, half) => half === void 0 ? escaped : String.fromCharCode(Number.parseInt(half, 16))
  );
}
function writeNumber(value) {
  if (!Number.isFinite(value)) {
    throw new CommError("ENCODE", `out of range float values are not JSON compliant: ${value}`);
  }
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value.toString();
  return floatRepr(value);
}
function floatRepr(value) {
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
function isoFormat(date) {
  const text = date.toISOString();
  return text.endsWith(".000Z") ? text.replace(".000Z", "Z") : text.replace(/Z$/, "000Z");
}
function isArrayBuffer(value) {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}
export {
  pythonJson
};
