/** Lets ES5 classes inherit from ES2015 classes. */

/**
 * Returns a module whose classes can be called by their subclasses and extended by Backbone's `extend`.
 *
 * Most packages for base 4 are compiled to ES5. There, a class calls its superclass as a function, and uses the
 * result as `this`. ES2015 classes throw when they are called.
 */
export function callable(module: object): object {
  const entries = Object.entries(module).map(([name, value]): [string, unknown] => [
    name,
    isClass(value) ? asFunction(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/**
 * Replaces Backbone's `extend`, which makes a function that calls the superclass, and copies only enumerable
 * static members. Static methods of ES2015 are not enumerable.
 */
function extend(this: Class, members: object = {}, statics: object = {}): Class {
  const given: unknown = Object.hasOwn(members, "constructor") ? members.constructor : undefined;
  const made = isConstructor(given) ? given : class extends this {};
  Object.setPrototypeOf(made, this);
  Object.setPrototypeOf(made.prototype, this.prototype);
  Object.assign(made.prototype, members);
  // Subclasses call `__super__.constructor`, so it must be callable.
  const superclass = Object.create(this.prototype, { constructor: { value: this } });
  Object.assign(made, statics, { __super__: superclass });
  return asFunction(made);
}

type Class = new (...args: never[]) => object;

function isConstructor(value: unknown): value is Class {
  return typeof value === "function";
}

function asFunction<T extends Function>(made: T): T {
  return new Proxy<T>(made, { apply, get });
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
