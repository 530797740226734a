/** qgrid and other AMD bundles: scripts that overwrite the page's globals. */

/** Globals that such bundles overwrite. */
const GLOBALS = ["$", "jQuery", "_"] as const;

/** Keeps the page's globals. @returns a function that restores them */
export function keepGlobals(): () => void {
  const page: object = globalThis;
  const kept = GLOBALS.map((key) => ({ key, existed: key in page, value: Reflect.get(page, key) }));
  return () => {
    for (const { key, existed, value } of kept) {
      if (Reflect.get(page, key) === value) continue;
      if (existed) Reflect.set(page, key, value);
      else Reflect.deleteProperty(page, key);
    }
  };
}
