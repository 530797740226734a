/** Loads modules in AMD form by script tags, and leaves the page's globals as they were. */

import { messageOf } from "../../comm/errors.js";
import { retried } from "../../util/retry.js";

/** What an AMD module's factory makes. */
export type AmdExports = unknown;

/** Says where a module's script may be, best first, or hands over a module that is there already. */
export type AmdResolver = (
  name: string,
  requester: AmdRequester | undefined,
) => { exports: Promise<AmdExports> } | AmdPlaces;

export interface AmdPlaces {
  /** Where it is known to be: what a cut network lost is fetched again before the guesses are tried. */
  readonly known?: readonly string[];
  readonly guesses: readonly string[];
}

export interface AmdRequester {
  readonly name: string;
  readonly url: string;
}

/** A module is at none of the addresses where it was sought. */
class ModuleNotFoundError extends Error {
  override name = "ModuleNotFoundError";
}

/** A script could not be fetched. */
class NotFetchedError extends Error {}

interface Definition {
  readonly name: string | undefined;
  readonly deps: readonly string[] | undefined;
  readonly factory: unknown;
}

/** A script of ours while it loads: only in its top-level run does the page have our `define`. */
interface Loading {
  readonly definitions: Definition[];
}

/** CommonJS-like factories name what they require in their text. */
const REQUIRE_CALL = /[^.\w]require\s*\(\s*(["'])([^"'\s]+)\1\s*\)/g;

/** Globals that badly behaved bundles overwrite (qgrid takes `$`), put back after each script. */
const KEPT_GLOBALS = ["$", "jQuery", "_"] as const;

/**
 * A loader for AMD modules.
 *
 * RequireJS is not used, for it cannot share a page: `define.amd` must be seen by our scripts
 * alone (UMD libraries that Shiny loads by plain tags break when they see it; UMD widgets break
 * when they do not, and some break when it stays after their top level has run). So `define` is
 * replaced, as long as a script of ours loads, by one that answers by the script that is running.
 */
export class AmdLoader {
  readonly #resolve: AmdResolver;
  readonly #modules = new Map<string, Promise<AmdExports>>();
  readonly #named = new Map<string, { definition: Definition; requester: AmdRequester }>();

  constructor(resolve: AmdResolver) {
    this.#resolve = resolve;
  }

  /**
   * Loads a module and all that it depends on.
   *
   * @throws {Error} naming the module and each address where it was sought
   */
  load(name: string, requester?: AmdRequester): Promise<AmdExports> {
    const resolved = this.#resolve(name, requester);
    if ("exports" in resolved) return resolved.exports;
    const key = resolved.known?.[0] ?? resolved.guesses[0] ?? name;
    const known = this.#modules.get(key);
    if (known) return known;
    const loading = this.#loadFrom(name, resolved);
    this.#modules.set(key, loading);
    // A module that could not be had may be there at the next try.
    loading.catch(() => this.#modules.delete(key));
    return loading;
  }

  async #loadFrom(name: string, { known = [], guesses }: AmdPlaces): Promise<AmdExports> {
    /** By address. */
    const failures = new Map<string, unknown>();
    const runFirstOf = async (urls: readonly string[]) => {
      for (const url of urls) {
        try {
          return { url, definitions: await runScript(url, name) };
        } catch (error) {
          failures.set(url, error);
        }
      }
      const failed = [...failures].map(([url, error]) => `${url} (${messageOf(error)})`);
      throw new ModuleNotFoundError(`module ${name} was not found at ${failed.join(", nor at ")}`);
    };
    const isCut = () => known.some((url) => failures.get(url) instanceof NotFetchedError);
    const { url, definitions } = await retried(() => runFirstOf(known), isCut).catch(() =>
      runFirstOf(guesses),
    );
    return this.#define(name, { name, url }, definitions);
  }

  #define(name: string, requester: AmdRequester, definitions: Definition[]): Promise<AmdExports> {
    for (const definition of definitions) {
      if (definition.name !== undefined && definition.name !== name) {
        this.#named.set(definition.name, { definition, requester });
      }
    }
    const own =
      definitions.find((definition) => definition.name === name) ??
      definitions.findLast((definition) => definition.name === undefined) ??
      definitions.at(-1);
    if (!own) throw new Error(`${requester.url} ran, but called no define()`);
    return this.#instantiate(own, requester);
  }

  async #instantiate(definition: Definition, requester: AmdRequester): Promise<AmdExports> {
    const { factory } = definition;
    const module = {
      id: requester.name,
      uri: requester.url,
      exports: {} as unknown,
      config: () => ({}),
    };
    const loaded = new Map<string, AmdExports>();
    const require = this.#requireFor(requester, loaded);
    const special: Record<string, unknown> = { require, module, exports: module.exports };
    const commonJs = definition.deps === undefined && typeof factory === "function";
    const required = commonJs ? requiredBy(factory) : [];
    const deps = definition.deps ?? (commonJs ? ["require", "exports", "module"] : []);
    const wanted = [...deps, ...required].filter((dep) => !(dep in special));
    await Promise.all(
      wanted.map(async (dep) => {
        loaded.set(dep, await this.#dependency(dep, requester));
      }),
    );
    if (typeof factory !== "function") return factory;
    const args = deps.map((dep) => (dep in special ? special[dep] : loaded.get(dep)));
    const made: unknown = asScript(requester.url, () => factory(...args));
    return made === undefined ? module.exports : made;
  }

  #dependency(name: string, requester: AmdRequester): Promise<AmdExports> {
    const inline = this.#named.get(name);
    if (inline?.requester.url === requester.url) {
      const key = `${requester.url}#${name}`;
      const known = this.#modules.get(key);
      if (known) return known;
      const made = this.#instantiate(inline.definition, { name, url: requester.url });
      this.#modules.set(key, made);
      return made;
    }
    return this.load(name, requester);
  }

  /** The `require` that a factory is given: `require("there")`, `require([…], ok, failed)`. */
  #requireFor(requester: AmdRequester, loaded: ReadonlyMap<string, AmdExports>) {
    const require = (
      wanted: string | readonly string[],
      done?: (...modules: AmdExports[]) => void,
      failed?: (error: unknown) => void,
    ): AmdExports => {
      if (typeof wanted === "string") {
        if (loaded.has(wanted)) return loaded.get(wanted);
        throw new Error(`module ${wanted} has not been loaded for ${requester.name}`);
      }
      Promise.all(wanted.map((name) => this.#dependency(name, requester))).then(
        (modules) => done?.(...modules),
        (error: unknown) => failed?.(error),
      );
      return undefined;
    };
    return Object.assign(require, {
      toUrl: (path: string) => new URL(path, new URL(requester.url, document.baseURI)).href,
      defined: (name: string) => loaded.has(name),
      specified: (name: string) => loaded.has(name),
    });
  }
}

/**
 * Runs a factory as if its script were running: webpack's bundles take the address of what else
 * they load (chunks, pictures) from `document.currentScript`.
 */
function asScript<T>(url: string, run: () => T): T {
  const script = document.createElement("script");
  script.src = url;
  Object.defineProperty(document, "currentScript", { configurable: true, get: () => script });
  try {
    return run();
  } finally {
    // What stands on the prototype is in force again.
    delete (document as { currentScript?: unknown }).currentScript;
  }
}

function requiredBy(factory: Function): string[] {
  return Array.from(String(factory).matchAll(REQUIRE_CALL), (match) => match[2] ?? "");
}

const running = new WeakMap<HTMLOrSVGScriptElement, Loading>();
let patches = 0;
let unpatch: (() => void) | undefined;

/** Runs a script by its own tag. @returns what it defined in its top-level run */
async function runScript(url: string, name: string): Promise<Definition[]> {
  const script = document.createElement("script");
  const loading: Loading = { definitions: [] };
  running.set(script, loading);
  script.async = true;
  script.src = url;
  script.dataset.shinyCommModule = name;
  patches += 1;
  unpatch ??= patchDefine();
  const page = globalThis as unknown as Record<string, unknown>;
  const kept = KEPT_GLOBALS.map((key) => [key, key in page, page[key]] as const);
  let failure: string | undefined;
  const onError = (event: ErrorEvent): void => {
    if (document.currentScript === script || event.filename === script.src) {
      failure ??= event.message;
    }
  };
  globalThis.addEventListener("error", onError);
  try {
    await new Promise<void>((resolve, reject) => {
      script.onload = () => resolve();
      script.onerror = () => reject(new NotFetchedError("not there"));
      document.head.append(script);
    });
  } finally {
    globalThis.removeEventListener("error", onError);
    patches -= 1;
    if (patches === 0) {
      unpatch?.();
      unpatch = undefined;
    }
    for (const [key, was, value] of kept) {
      if (page[key] === value) continue;
      if (was) page[key] = value;
      else delete page[key];
    }
    script.remove();
  }
  if (loading.definitions.length === 0) {
    throw new Error(failure ?? "it ran, but called no define()");
  }
  return loading.definitions;
}

/**
 * Puts our `define` in the place of the page's. RequireJS declares its own with `var`, so it can be
 * assigned to, but not made an accessor. @returns the undo
 */
function patchDefine(): () => void {
  const page = globalThis as { define?: unknown };
  const had = "define" in page;
  const before = page.define;
  const current = (): Loading | undefined =>
    document.currentScript ? running.get(document.currentScript) : undefined;

  const define = (...args: unknown[]): unknown => {
    const loading = current();
    if (!loading) return typeof before === "function" ? before.apply(page, args) : undefined;
    const rest = [...args];
    const name = typeof rest[0] === "string" ? (rest.shift() as string) : undefined;
    const deps = Array.isArray(rest[0]) ? (rest.shift() as string[]) : undefined;
    loading.definitions.push({ name, deps, factory: rest[0] });
    return undefined;
  };
  Object.assign(define, before);
  Object.defineProperty(define, "amd", {
    configurable: true,
    get: () => (current() ? {} : (before as { amd?: unknown } | undefined)?.amd),
    set: (value: unknown) => {
      if (before) (before as { amd?: unknown }).amd = value;
    },
  });
  page.define = define;

  return () => {
    if (page.define !== define) return;
    if (had) page.define = before;
    else delete page.define;
  };
}
