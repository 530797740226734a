/** qgrid: an AMD bundle that overwrites the page's globals. */

/** The globals that qgrid, or another bundle like it, overwrites. */
const GLOBALS = ["$", "jQuery", "_"] as const;

/** Saves the page's globals. @returns a function that restores them */
export function saveGlobals(): () => void {
  const page: object = globalThis;
  const saved = GLOBALS.map((key) => ({
    key,
    existed: key in page,
    value: Reflect.get(page, key),
  }));
  return () => {
    for (const { key, existed, value } of saved) {
      if (Reflect.get(page, key) === value) continue;
      if (existed) Reflect.set(page, key, value);
      else Reflect.deleteProperty(page, key);
    }
  };
}
