/** Lets ES5 classes inherit from ES2015 classes. */

/**
 * Returns a module whose classes can be called by their subclasses and extended by Backbone's `extend`.
 *
 * Most packages for base 4 are compiled to ES5. There, a class calls its superclass as a function, and uses the
 * result as `this`. ES2015 classes throw when they are called.
 */
export function makeCallable(module: object): object {
  const entries = Object.entries(module).map(([name, value]): [string, unknown] => [
    name,
    isClass(value) ? wrapAsFunction(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/**
 * Replaces Backbone's `extend`, which makes a function that calls the superclass, and copies only enumerable
 * static members. Static methods of ES2015 are not enumerable.
 */
function extend(this: Class, members: object = {}, statics: object = {}): Class {
  const given: unknown = Object.hasOwn(members, "constructor") ? members.constructor : undefined;
  const subclass = isConstructor(given) ? given : class extends this {};
  Object.setPrototypeOf(subclass, this);
  Object.setPrototypeOf(subclass.prototype, this.prototype);
  Object.assign(subclass.prototype, members);
  // Subclasses call `__super__.constructor`, so it must be callable.
  const superclass = Object.create(this.prototype, { constructor: { value: this } });
  Object.assign(subclass, statics, { __super__: superclass });
  return wrapAsFunction(subclass);
}

type Class = new (...args: never[]) => object;

function isConstructor(value: unknown): value is Class {
  return typeof value === "function";
}

/** Makes a class callable, with the `extend` of this file. */
function wrapAsFunction<T extends Function>(original: T): T {
  return new Proxy<T>(original, { apply, get });
}

function get(target: object, key: PropertyKey, self: unknown): unknown {
  const value: unknown = Reflect.get(target, key, self);
  return key === "extend" && value !== undefined ? extend : value;
}

function apply(target: Function, self: unknown, args: unknown[]): unknown {
  if (!(self instanceof target)) return Reflect.apply(target, self, args);
  const subclass = Object.assign(function subclass() {}, {
    prototype: Object.getPrototypeOf(self),
  });
  return Reflect.construct(target, args, subclass);
}

function isClass(value: unknown): value is Function {
  return (
    typeof value === "function" &&
    Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false
  );
}
