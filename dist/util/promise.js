// src/util/promise.ts
function isThenable(value) {
  return isObjectOrFunction(value) && "then" in value && typeof value.then === "function";
}
function isObjectOrFunction(value) {
  return typeof value === "object" && value !== null || typeof value === "function";
}
export {
  isThenable
};
