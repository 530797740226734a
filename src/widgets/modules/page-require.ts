/** Lends widget modules to the page's RequireJS: some widgets require modules that are not configured there. */
import {
  page as globals,
  type PageRequire,
  type RequireContext,
  type RequireLoad,
} from "./page-globals.js";

/** A source of widget modules. */
export interface ModuleSource {
  /** Returns whether a module is known to exist. */
  hasModule(name: string): boolean;
  /** Returns a module, in any version. */
  loadUnversioned(name: string): Promise<unknown>;
}

/** The name of a package, or of a file in it: neither an address nor a relative path. */
const PACKAGE_NAME = /^(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/**
 * Makes the page's RequireJS load modules from a source.
 *
 * If the source has a module, RequireJS does not request it. Other modules that are not configured in
 * RequireJS are requested from the source after RequireJS failed to load them.
 */
export function lendModules(page: PageRequire | undefined, source: ModuleSource): void {
  const load = page?.load;
  if (!load || replacements.has(load)) return;
  const lend: RequireLoad = function (this: unknown, context, name, url) {
    const define = (module: unknown): void => {
      // In a separate task, because RequireJS assigns definitions between the run of a script and its
      // `load` event to that script.
      setTimeout(() => {
        if (typeof globals.define === "function") globals.define(name, [], () => module);
        context.completeLoad(name);
      });
    };
    if (context.contextName !== "_") return load.call(this, context, name, url);
    if (source.hasModule(name)) {
      source.loadUnversioned(name).then(define, () => load.call(this, context, name, url));
      return undefined;
    }
    const script = load.call(this, context, name, url);
    if (script && PACKAGE_NAME.test(name) && !isConfigured(context, name)) {
      script.removeEventListener("error", context.onScriptError);
      script.addEventListener("error", (event) => {
        source.loadUnversioned(name).then(define, () => context.onScriptError(event));
      });
    }
    return script;
  };
  replacements.add(lend);
  page.load = lend;
}

const replacements = new WeakSet<RequireLoad>();

function isConfigured({ config }: RequireContext, name: string): boolean {
  return Object.keys({ ...config.paths, ...config.pkgs }).some(
    (known) => name === known || name.startsWith(`${known}/`),
  );
}
