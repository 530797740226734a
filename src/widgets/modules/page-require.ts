/** Lends widget modules to the page's RequireJS: some widgets ask it, as they run, for one that nobody configured. */

/** What is used of RequireJS. */
export interface PageRequire {
  config?(config: object): void;
  /** Fetches a module; made to be replaced. */
  load?: RequireLoad;
  s?: { contexts?: Record<string, Partial<RequireContext>> };
}

interface RequireContext {
  readonly contextName: string;
  readonly config: { paths?: Record<string, string | string[]>; pkgs?: object };
  completeLoad(name: string): void;
  onScriptError(event: Event): void;
}

type RequireLoad = (
  this: unknown,
  context: RequireContext,
  name: string,
  url: string,
) => HTMLScriptElement | undefined;

/** Where widget modules are. */
export interface Lender {
  /** Whether there is a module of this name for certain. */
  knows(name: string): boolean;
  find(name: string): Promise<unknown>;
}

/** The name of a package, or of a file in it: neither an address nor a file beside another. */
const PACKAGE_NAME = /^(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/**
 * Has the page's RequireJS take from a lender the modules that this knows, and those that nobody told
 * RequireJS about and that it has not found where it seeks such.
 */
export function lendModules(page: PageRequire | undefined, lender: Lender): void {
  const load = page?.load;
  if (!load || lent.has(load)) return;
  const lend: RequireLoad = function (this: unknown, context, name, url) {
    const give = (module: unknown): void => {
      // In a task of its own: between a script's run and its event, RequireJS keeps what that defined
      // without a name, and would take it for this.
      setTimeout(() => {
        (globalThis as unknown as PageDefine).define(name, [], () => module);
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

interface PageDefine {
  define(name: string, deps: readonly string[], factory: () => unknown): void;
}

function isConfigured({ config }: RequireContext, name: string): boolean {
  return Object.keys({ ...config.paths, ...config.pkgs }).some(
    (known) => name === known || name.startsWith(`${known}/`),
  );
}
