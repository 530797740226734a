/** Type guards for objects. */

/** Returns whether a value is an object, and not an array, as a JSON object is. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns whether a value is an object without a class: a literal, or one without a prototype. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A literal of another realm inherits from that realm's `Object.prototype`, which has no prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
