/** A widget manager with some members of its own, for whoever is to see the same manager otherwise. */
import type { ManagerBase } from "@jupyter-widgets/base-manager";

/** @returns the manager, with `members` in the place of its own members of the same names */
export function managerWith<T extends ManagerBase>(manager: T, members: object): T {
  return new Proxy(manager, {
    get(target, key) {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const value: unknown = Reflect.get(target, key);
      // Private members are there on the manager itself alone.
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
