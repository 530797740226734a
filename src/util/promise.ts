/** Type guards for promises. */

/** Returns whether a value is a promise, of any library. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObjectOrFunction(value) && "then" in value && typeof value.then === "function";
}

function isObjectOrFunction(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
