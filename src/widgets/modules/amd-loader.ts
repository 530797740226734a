/** Loads AMD modules by script tags, without changes of the page's globals. */

import { messageOf } from "../../comm/errors.js";
import { isObject } from "../../util/object.js";
import { retried } from "../../util/retry.js";
import { keepGlobals } from "../quirks/globals.js";
import { page } from "./page-globals.js";

/** The result of an AMD module's factory. */
export type AmdExports = unknown;

/** Returns the addresses of a module's script, best first, or a loaded module. */
export type AmdResolver = (
  name: string,
  requester: AmdRequester | undefined,
) => { exports: Promise<AmdExports> } | AmdPlaces;

export interface AmdPlaces {
  /** The configured addresses. After a network failure, these are tried again before the guesses. */
  readonly known?: readonly string[];
  readonly guesses: readonly string[];
}

export interface AmdRequester {
  readonly name: string;
  readonly url: string;
}

/** None of a module's addresses could be loaded. */
class ModuleNotFoundError extends Error {
  override name = "ModuleNotFoundError";
}

/** A script could not be loaded. */
class NotFetchedError extends Error {}

interface Definition {
  readonly name: string | undefined;
  readonly deps: readonly string[] | undefined;
  readonly factory: unknown;
}

/** A script that the loader has added. While it runs, `define` is the loader's. */
interface Loading {
  readonly definitions: Definition[];
}

/** The requirements of CommonJS-like factories, in their text. */
const REQUIRE_CALL = /[^.\w]require\s*\(\s*(["'])([^"'\s]+)\1\s*\)/g;

/**
 * A loader for AMD modules.
 *
 * RequireJS would break other scripts of the page. UMD libraries that Shiny loads by plain tags must not
 * see `define.amd`. UMD widgets must see it, and some break if it exists after their top level has
 * run. So the loader replaces `define` while one of its scripts loads, by a function that behaves
 * differently for each running script.
 */
export class AmdLoader {
  readonly #resolve: AmdResolver;
  readonly #modules = new Map<string, Promise<AmdExports>>();
  readonly #named = new Map<string, { definition: Definition; requester: AmdRequester }>();

  constructor(resolve: AmdResolver) {
    this.#resolve = resolve;
  }

  /**
   * Loads a module and its dependencies.
   *
   * @throws {Error} that names the module and the addresses that were tried
   */
  load(name: string, requester?: AmdRequester): Promise<AmdExports> {
    const resolved = this.#resolve(name, requester);
    if ("exports" in resolved) return resolved.exports;
    const key = resolved.known?.[0] ?? resolved.guesses[0] ?? name;
    const known = this.#modules.get(key);
    if (known) return known;
    const loading = this.#loadFrom(name, resolved);
    this.#modules.set(key, loading);
    // The next attempt may succeed.
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
      const tried = [...failures].map(([url, error]) => `${url} (${messageOf(error)})`);
      throw new ModuleNotFoundError(`could not load ${name}; tried ${tried.join(", ")}`);
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
    const main =
      definitions.find((definition) => definition.name === name) ??
      definitions.findLast((definition) => definition.name === undefined) ??
      definitions.at(-1);
    if (!main) throw new Error(`${requester.url} did not call define()`);
    return this.#instantiate(main, requester);
  }

  async #instantiate(definition: Definition, requester: AmdRequester): Promise<AmdExports> {
    const { factory } = definition;
    const exports: unknown = {};
    const module = { id: requester.name, uri: requester.url, exports, config: () => ({}) };
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

  /** Returns a factory's `require`: `require("loaded")`, or `require([…], done, failed)`. */
  #requireFor(requester: AmdRequester, loaded: ReadonlyMap<string, AmdExports>) {
    const require = (
      wanted: string | readonly string[],
      done?: (...modules: AmdExports[]) => void,
      failed?: (error: unknown) => void,
    ): AmdExports => {
      if (typeof wanted === "string") {
        if (loaded.has(wanted)) return loaded.get(wanted);
        throw new Error(`cannot require ${wanted} in ${requester.name}: it is not loaded`);
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
 * Runs a factory as if its script were running: bundles of webpack get the addresses of their chunks and
 * pictures from `document.currentScript`.
 */
function asScript<T>(url: string, run: () => T): T {
  const script = document.createElement("script");
  script.src = url;
  Object.defineProperty(document, "currentScript", { configurable: true, get: () => script });
  try {
    return run();
  } finally {
    // The prototype's property shows again.
    Reflect.deleteProperty(document, "currentScript");
  }
}

function requiredBy(factory: Function): string[] {
  return Array.from(String(factory).matchAll(REQUIRE_CALL), (match) => match[2] ?? "");
}

const running = new WeakMap<HTMLOrSVGScriptElement, Loading>();
let patches = 0;
let unpatch: (() => void) | undefined;

/** Runs a script by a tag. @returns the definitions of its top-level run */
async function runScript(url: string, name: string): Promise<Definition[]> {
  const script = document.createElement("script");
  const loading: Loading = { definitions: [] };
  running.set(script, loading);
  script.async = true;
  script.src = url;
  script.dataset.shinyCommModule = name;
  patches += 1;
  unpatch ??= patchDefine();
  const restoreGlobals = keepGlobals();
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
      script.onerror = () => reject(new NotFetchedError("failed to load"));
      document.head.append(script);
    });
  } finally {
    globalThis.removeEventListener("error", onError);
    patches -= 1;
    if (patches === 0) {
      unpatch?.();
      unpatch = undefined;
    }
    restoreGlobals();
    script.remove();
  }
  if (loading.definitions.length === 0) {
    throw new Error(failure ?? "it did not call define()");
  }
  return loading.definitions;
}

/** Replaces the page's `define` while scripts of the loader run. @returns the undo */
function patchDefine(): () => void {
  const existed = "define" in page;
  const before = page.define;
  const current = (): Loading | undefined =>
    document.currentScript ? running.get(document.currentScript) : undefined;

  const define = (...args: unknown[]): unknown => {
    const loading = current();
    if (!loading) return typeof before === "function" ? before.apply(page, args) : undefined;
    loading.definitions.push(definitionIn(args));
    return undefined;
  };
  Object.assign(define, before);
  Object.defineProperty(define, "amd", {
    configurable: true,
    get: () => (current() ? {} : hasAmd(before) ? before.amd : undefined),
    set: (value: unknown) => {
      if (hasAmd(before)) before.amd = value;
    },
  });
  // RequireJS declares `define` with `var`: assignments work, and accessors do not.
  page.define = define;

  return () => {
    if (page.define !== define) return;
    if (existed) page.define = before;
    else delete page.define;
  };
}

/** Returns the definition in the arguments of `define`: `define([name], [dependencies], factory)`. */
function definitionIn([...rest]: unknown[]): Definition {
  const [first] = rest;
  const name = typeof first === "string" ? first : undefined;
  if (name !== undefined) rest.shift();
  const [list, ...others] = rest;
  return isTexts(list)
    ? { name, deps: list, factory: others[0] }
    : { name, deps: undefined, factory: list };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value);
}

function hasAmd(define: unknown): define is { amd?: unknown } {
  return typeof define === "function" || isObject(define);
}
