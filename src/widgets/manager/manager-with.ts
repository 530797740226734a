/** A widget manager with some members replaced. */
import type { ManagerBase } from "@jupyter-widgets/base-manager";

/** Returns a proxy of a manager with other `members`. */
export function managerWith<T extends ManagerBase>(manager: T, members: object): T {
  return new Proxy(manager, {
    get(target, key) {
      if (Object.hasOwn(members, key)) return Reflect.get(members, key);
      const value: unknown = Reflect.get(target, key);
      // Methods need the manager itself as `this`: a proxy has no private members.
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
