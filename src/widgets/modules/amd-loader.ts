/** Loads AMD modules by script tags, without changes of the page's globals. */

import { CommError, messageOf } from "../../comm/errors.js";
import { addressOf } from "../../util/address.js";
import { isObject } from "../../util/object.js";
import { isOfPage } from "../../util/page-instead.js";
import { retried } from "../../util/retry.js";
import { runScript } from "../../util/run-script.js";
import { saveGlobals } from "../quirks/qgrid.js";
import { page } from "./page-globals.js";

/** The result of an AMD module's factory. */
export type AmdExports = unknown;

/** Returns the addresses of a module's script, best first, or the module if it needs no script. */
export type AmdResolver = (
  name: string,
  requester: AmdRequester | undefined,
) => { exports: Promise<AmdExports> } | AmdAddresses;

export interface AmdAddresses {
  /** The configured addresses. A script that is not found there is requested again, before the guesses. */
  readonly known?: readonly string[];
  /** Further addresses, for a script that the server does not have. */
  readonly guesses: readonly string[];
}

export interface AmdRequester {
  readonly name: string;
  readonly url: string;
}

/** Returns the advice that suits the server. */
export type ServerAdvice = (python: string, r: string) => string;

const SERVER_ADVICE =
  "Check that the app's server has the widget's Python package, in the version that the message names. ";
const R_ADVICE =
  "Open the widget with widget_from_wheel(), or serve the folder of the module: " +
  'addResourcePath("nbextensions", folder). ';
const CDN_ADVICE =
  "If the CDN has its front end, check that the browser can reach the CDN, and that the page's " +
  "Content-Security-Policy allows it.";

/** Thrown when a script could not be fetched. */
class NotFetchedError extends Error {}

/** The failure of a script that a server may have: the server did not answer, or failed. */
class DownError extends NotFetchedError {}

/** The statuses below 500 of a server that can answer otherwise later: timeout, too early, too many requests. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429]);

interface Definition {
  readonly name: string | undefined;
  readonly deps: readonly string[] | undefined;
  readonly factory: unknown;
}

/** A script that the loader has added. While the script runs, `define` is the loader's function. */
interface LoadingScript {
  readonly definitions: Definition[];
}

/** The calls of `require` in the text of a CommonJS-like factory. */
const REQUIRE_CALL = /[^.\w]require\s*\(\s*(["'])([^"'\s]+)\1\s*\)/g;

/**
 * A loader for AMD modules.
 *
 * RequireJS would break other scripts of the page. UMD libraries that Shiny loads by plain tags must not
 * see `define.amd`. UMD widgets must see it, and some break if it exists after their top level has
 * run. So the loader replaces `define` while one of its scripts loads, by a function that checks which
 * script is running.
 */
export class AmdLoader {
  readonly #resolve: AmdResolver;
  readonly #serverAdvice: ServerAdvice;
  readonly #modules = new Map<string, Promise<AmdExports>>();
  readonly #named = new Map<string, { definition: Definition; requester: AmdRequester }>();

  constructor(resolve: AmdResolver, serverAdvice: ServerAdvice) {
    this.#resolve = resolve;
    this.#serverAdvice = serverAdvice;
  }

  /**
   * Loads a module and its dependencies.
   *
   * @throws (rejects) an error with the module's name and the addresses that were tried
   */
  load(name: string, requester?: AmdRequester): Promise<AmdExports> {
    const resolved = this.#resolve(name, requester);
    if ("exports" in resolved) return resolved.exports;
    const key = resolved.known?.[0] ?? resolved.guesses[0] ?? name;
    const existing = this.#modules.get(key);
    if (existing) return existing;
    const loading = this.#loadFrom(name, resolved);
    this.#modules.set(key, loading);
    // A later attempt may succeed.
    loading.catch(() => this.#modules.delete(key));
    return loading;
  }

  async #loadFrom(name: string, { known = [], guesses }: AmdAddresses): Promise<AmdExports> {
    /** The errors, by address. */
    const failures = new Map<string, unknown>();
    const isLost = (url: string): boolean => failures.get(url) instanceof NotFetchedError;
    const isDown = (url: string): boolean => failures.get(url) instanceof DownError;
    const runFirstOf = async (...urls: string[]) => {
      for (const url of urls) {
        try {
          return { url, definitions: await runDefinitions(url, name) };
        } catch (error) {
          failures.set(url, error);
        }
      }
      const tried = [...failures].map(([url, error]) => `${url} (${messageOf(error)})`);
      throw new CommError("MODULE_LOAD", `could not load ${name}; tried ${tried.join(", ")}`, {
        advice: this.#serverAdvice(SERVER_ADVICE, R_ADVICE) + CDN_ADVICE,
      });
    };
    let loading = retried(
      () => runFirstOf(...known),
      () => known.some(isLost),
    );
    for (const guess of guesses) {
      loading = loading.catch((error) => {
        // The server may have the script, and the CDN's copy can be another version.
        if (known.some(isDown)) throw error;
        return retried(
          () => runFirstOf(guess),
          () => isDown(guess),
        );
      });
    }
    const { url, definitions } = await loading;
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
    const require = this.#makeRequire(requester, loaded);
    const specialModules: Record<string, unknown> = { require, module, exports: module.exports };
    const isCommonJs = definition.deps === undefined && typeof factory === "function";
    const required = isCommonJs ? findRequireCalls(factory) : [];
    const deps = definition.deps ?? (isCommonJs ? ["require", "exports", "module"] : []);
    const needed = [...deps, ...required].filter((dep) => !(dep in specialModules));
    await Promise.all(
      needed.map(async (dep) => {
        loaded.set(dep, await this.#loadDependency(dep, requester));
      }),
    );
    if (typeof factory !== "function") return factory;
    const args = deps.map((dep) => (dep in specialModules ? specialModules[dep] : loaded.get(dep)));
    const result: unknown = runAsScript(requester.url, () => factory(...args));
    return result === undefined ? module.exports : result;
  }

  #loadDependency(name: string, requester: AmdRequester): Promise<AmdExports> {
    const inline = this.#named.get(name);
    if (inline?.requester.url === requester.url) {
      const key = `${requester.url}#${name}`;
      const existing = this.#modules.get(key);
      if (existing) return existing;
      const loading = this.#instantiate(inline.definition, { name, url: requester.url });
      this.#modules.set(key, loading);
      return loading;
    }
    return this.load(name, requester);
  }

  /** Makes the `require` of a factory: `require("loaded")`, or `require([…], onLoaded, onFailure)`. */
  #makeRequire(requester: AmdRequester, loaded: ReadonlyMap<string, AmdExports>) {
    const require = (
      wanted: string | readonly string[],
      onLoaded?: (...modules: AmdExports[]) => void,
      onFailure?: (error: unknown) => void,
    ): AmdExports => {
      if (typeof wanted === "string") {
        if (loaded.has(wanted)) return loaded.get(wanted);
        throw new Error(`cannot require ${wanted} in ${requester.name}: it is not loaded`);
      }
      Promise.all(wanted.map((name) => this.#loadDependency(name, requester))).then(
        (modules) => onLoaded?.(...modules),
        (error: unknown) => onFailure?.(error),
      );
      return undefined;
    };
    return Object.assign(require, {
      toUrl: (path: string) => new URL(path, addressOf(requester.url)).href,
      defined: (name: string) => loaded.has(name),
      specified: (name: string) => loaded.has(name),
    });
  }
}

/**
 * Runs a factory as if its script were running: bundles of webpack get the addresses of their chunks and
 * pictures from `document.currentScript`.
 */
function runAsScript<T>(url: string, run: () => T): T {
  const script = document.createElement("script");
  script.src = addressOf(url);
  Object.defineProperty(document, "currentScript", { configurable: true, get: () => script });
  try {
    return run();
  } finally {
    // Uncovers the property of the prototype.
    Reflect.deleteProperty(document, "currentScript");
  }
}

function findRequireCalls(factory: Function): string[] {
  return Array.from(String(factory).matchAll(REQUIRE_CALL), (match) => match[2] ?? "");
}

const running = new WeakMap<HTMLOrSVGScriptElement, LoadingScript>();
/** The number of scripts that are loading. */
let loadingScripts = 0;
let restoreDefine: (() => void) | undefined;

/** Runs a script by a tag. @returns the definitions that the script made at its top level */
async function runDefinitions(url: string, name: string): Promise<Definition[]> {
  const script = document.createElement("script");
  const loading: LoadingScript = { definitions: [] };
  running.set(script, loading);
  script.dataset.shinyCommModule = name;
  loadingScripts += 1;
  restoreDefine ??= replaceDefine();
  const restoreGlobals = saveGlobals();
  let failure: string | undefined;
  const onError = (event: ErrorEvent): void => {
    if (document.currentScript === script || event.filename === script.src) {
      failure ??= event.message;
    }
  };
  globalThis.addEventListener("error", onError);
  const isFetched = await runScript(url, script);
  globalThis.removeEventListener("error", onError);
  loadingScripts -= 1;
  if (loadingScripts === 0) {
    restoreDefine?.();
    restoreDefine = undefined;
  }
  restoreGlobals();
  if (!isFetched) throw await failureOf(url);
  if (loading.definitions.length === 0) {
    if (isOfPage(failure)) throw new NotFetchedError(failure);
    throw new Error(failure ?? "it did not call define()");
  }
  return loading.definitions;
}

/** Returns the failure of a script that could not be fetched, with the server's answer. */
async function failureOf(url: string): Promise<NotFetchedError> {
  const status = await statusOf(addressOf(url));
  if (status === undefined) return new DownError("no answer");
  if (status >= 500 || TEMPORARY.has(status)) return new DownError(`status ${status}`);
  return new NotFetchedError(status < 400 ? "failed to load" : `status ${status}`);
}

/** Returns the status of the last answer, 0 if the browser hides the status, `undefined` without an answer. */
async function statusOf(url: string): Promise<number | undefined> {
  const timing = performance.getEntriesByName(url, "resource").at(-1);
  if (timing instanceof PerformanceResourceTiming && timing.responseStatus > 0) {
    return timing.responseStatus;
  }
  return fetch(url, { mode: "no-cors" }).then(
    ({ status }) => status,
    () => undefined,
  );
}

/** Replaces the page's `define` while scripts of the loader run. @returns the undo */
function replaceDefine(): () => void {
  const existed = "define" in page;
  const pageDefine = page.define;
  const findRunningScript = (): LoadingScript | undefined =>
    document.currentScript ? running.get(document.currentScript) : undefined;

  const define = (...args: unknown[]): unknown => {
    const loading = findRunningScript();
    if (!loading)
      return typeof pageDefine === "function" ? pageDefine.apply(page, args) : undefined;
    loading.definitions.push(parseDefinition(args));
    return undefined;
  };
  Object.assign(define, pageDefine);
  Object.defineProperty(define, "amd", {
    configurable: true,
    get: () => (findRunningScript() ? {} : hasAmd(pageDefine) ? pageDefine.amd : undefined),
    set: (value: unknown) => {
      if (hasAmd(pageDefine)) pageDefine.amd = value;
    },
  });
  // An assignment, because RequireJS declares `define` with `var`, which cannot become an accessor.
  page.define = define;

  return () => {
    if (page.define !== define) return;
    if (existed) page.define = pageDefine;
    else delete page.define;
  };
}

/** Parses the arguments of `define`: `name` and `dependencies`, both optional, and `factory`. */
function parseDefinition([...rest]: unknown[]): Definition {
  const [first] = rest;
  const name = typeof first === "string" ? first : undefined;
  if (name !== undefined) rest.shift();
  const [list, ...others] = rest;
  return isList(list)
    ? { name, deps: list, factory: others[0] }
    : { name, deps: undefined, factory: list };
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value);
}

function hasAmd(define: unknown): define is { amd?: unknown } {
  return typeof define === "function" || isObject(define);
}
