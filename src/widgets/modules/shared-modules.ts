/** The modules that labextensions share with the page, in the format of webpack's module federation. */
import type { WidgetModuleHost } from "../../connection/shared-page.js";

/** Modules by package and version: https://webpack.js.org/concepts/module-federation/ */
export type ShareScope = Record<string, Record<string, SharedModule>>;

interface SharedModule {
  readonly get: () => Promise<() => unknown>;
  /** Keeps containers from replacing the module by a higher version. */
  readonly loaded: boolean;
  readonly eager: boolean;
  readonly from: string;
}

/** The versions of the packages in the bundle. Imports of their `package.json` would enlarge the chunk `start`. */
export const SHARED_VERSIONS = {
  "@jupyter-widgets/base": "6.0.12",
  "@jupyter-widgets/controls": "5.0.13",
  "@lumino/algorithm": "2.0.5",
  "@lumino/collections": "2.0.5",
  "@lumino/commands": "2.3.4",
  "@lumino/coreutils": "2.2.3",
  "@lumino/disposable": "2.1.6",
  "@lumino/domutils": "2.0.5",
  "@lumino/dragdrop": "2.1.9",
  "@lumino/keyboard": "2.0.5",
  "@lumino/messaging": "2.0.5",
  "@lumino/polling": "2.1.6",
  "@lumino/properties": "2.0.5",
  "@lumino/signaling": "2.1.6",
  "@lumino/virtualdom": "2.0.5",
  "@lumino/widgets": "2.10.0",
};

/** Packages of JupyterLab. The page has only the names of their services. */
const JUPYTERLAB = /^@jupyterlab\//;

/** Below each version that a container brings, which is then used instead. */
const STAND_IN_VERSION = "0.0.0";

/** Makes the share scope of a page. Containers add modules that they bring to it. */
export function makeShareScope(host: WidgetModuleHost): ShareScope {
  const load = async (name: string): Promise<unknown> => {
    if (name.startsWith("@jupyter-widgets/")) return host.load(name);
    const { lumino } = await import("./lumino.js");
    return lumino[name as keyof typeof lumino];
  };
  const scope: ShareScope = {};
  for (const [name, version] of Object.entries(SHARED_VERSIONS)) {
    scope[name] = { [version]: share(() => load(name)) };
  }
  const addStandIn = (name: PropertyKey): void => {
    if (typeof name !== "string" || !JUPYTERLAB.test(name) || Object.hasOwn(scope, name)) return;
    const standIn = { ...share(async () => makeStandIn(name)), loaded: false };
    scope[name] = { [STAND_IN_VERSION]: standIn };
  };
  return new Proxy(scope, {
    get(target, name, self) {
      addStandIn(name);
      return Reflect.get(target, name, self);
    },
    getOwnPropertyDescriptor(target, name) {
      addStandIn(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  });
}

function share(load: () => Promise<unknown>): SharedModule {
  const get = async () => {
    const module = await load();
    return () => module;
  };
  return { get, loaded: true, eager: false, from: "shiny-comm" };
}

/**
 * Makes a module with the tokens of a package's services, which plugins list as required or optional. By
 * convention, a token's export has the name of the service, which begins with `I`.
 */
function makeStandIn(name: string): object {
  const tokens = new Map<string, object>();
  return new Proxy(
    {},
    {
      get(_target, key) {
        if (key === "__esModule") return true;
        if (typeof key !== "string" || key === "default" || key === "then") return undefined;
        if (!/^I[A-Z]/.test(key)) {
          throw new Error(`${key} of ${name} exists only in JupyterLab`);
        }
        const token = tokens.get(key) ?? { name: `${name}:${key}` };
        tokens.set(key, token);
        return token;
      },
    },
  );
}
