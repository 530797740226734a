/** Lends widget modules to the page's RequireJS: some widgets require modules that are not configured there. */
import {
  page as globals,
  type PageRequire,
  type RequireContext,
  type RequireLoad,
} from "./page-globals.js";

/** The source of widget modules. */
export interface Lender {
  /** Returns whether a module is known to exist. */
  knows(name: string): boolean;
  find(name: string): Promise<unknown>;
}

/** The name of a package, or of a file in it: neither an address nor a file beside another. */
const PACKAGE_NAME = /^(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/**
 * Makes the page's RequireJS load modules from a lender: modules that the lender knows, and modules without
 * a configuration in RequireJS, after RequireJS failed to load them.
 */
export function lendModules(page: PageRequire | undefined, lender: Lender): void {
  const load = page?.load;
  if (!load || lent.has(load)) return;
  const lend: RequireLoad = function (this: unknown, context, name, url) {
    const give = (module: unknown): void => {
      // In a separate task: between the run of a script and its `load` event, RequireJS assigns
      // definitions without a name to that script.
      setTimeout(() => {
        if (typeof globals.define === "function") globals.define(name, [], () => module);
        context.completeLoad(name);
      });
    };
    if (context.contextName !== "_") return load.call(this, context, name, url);
    if (lender.knows(name)) {
      lender.find(name).then(give, () => load.call(this, context, name, url));
      return undefined;
    }
    const script = load.call(this, context, name, url);
    if (script && PACKAGE_NAME.test(name) && !isConfigured(context, name)) {
      script.removeEventListener("error", context.onScriptError);
      script.addEventListener("error", (event) => {
        lender.find(name).then(give, () => context.onScriptError(event));
      });
    }
    return script;
  };
  lent.add(lend);
  page.load = lend;
}

const lent = new WeakSet<RequireLoad>();

function isConfigured({ config }: RequireContext, name: string): boolean {
  return Object.keys({ ...config.paths, ...config.pkgs }).some(
    (known) => name === known || name.startsWith(`${known}/`),
  );
}
