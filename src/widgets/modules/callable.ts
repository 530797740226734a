/** Lets classes of before ES2015 inherit from later ones. */

/**
 * A module whose classes may be called by a class that inherits from them, and extended by Backbone's means.
 *
 * Packages that were made for base 4 are mostly compiled to ES5, where a class calls the one above it as a
 * function, and takes what that returns for itself. A class of ES2015 does not let itself be called.
 */
export function callable(module: object): object {
  const entries = Object.entries(module).map(([name, value]) => [
    name,
    isClass(value) ? asFunction(value) : value,
  ]);
  return Object.fromEntries(entries) as object;
}

/**
 * Backbone's own `extend` makes a function that calls the class above it, and copies of the static members
 * those that can be enumerated, which methods of ES2015 cannot.
 */
function extend(this: Class, own: object = {}, statics: object = {}): Class {
  const made = Object.hasOwn(own, "constructor")
    ? (own.constructor as Class)
    : class extends this {};
  Object.setPrototypeOf(made, this);
  Object.setPrototypeOf(made.prototype, this.prototype);
  Object.assign(made.prototype, own);
  // What is called as `__super__.constructor` must be what can be called.
  const above = Object.create(this.prototype, { constructor: { value: this } });
  Object.assign(made, statics, { __super__: above });
  return asFunction(made);
}

type Class = new (...args: never[]) => object;

function asFunction<T extends Function>(made: T): T {
  return new Proxy<Function>(made, { apply, get }) as T;
}

function get(target: object, key: PropertyKey, self: unknown): unknown {
  const value: unknown = Reflect.get(target, key, self);
  return key === "extend" && value !== undefined ? extend : value;
}

function apply(target: Function, self: unknown, args: unknown[]): unknown {
  if (!(self instanceof target)) return Reflect.apply(target, self, args);
  const heir = Object.assign(function heir() {}, { prototype: Object.getPrototypeOf(self) });
  return Reflect.construct(target, args, heir);
}

function isClass(value: unknown): value is Function {
  return (
    typeof value === "function" &&
    Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false
  );
}
