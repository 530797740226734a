/** Finds widget modules by name and version: registered, bundled, AMD, CDN, in that order. */
import { CommError, messageOf } from "../../comm/errors.js";
import type { RegisteredModule, WidgetModuleHost } from "../../connection/shared-page.js";
import type { AmdConfig } from "../../shiny/html-dependencies.js";
import { retried } from "../../util/retry.js";
import { shorten } from "../../util/text.js";
import type { AmdLoader, AmdPlaces, AmdRequester, AmdResolver } from "./amd-loader.js";
import { cdnSettings, cdnUrl } from "./cdn.js";
import { page } from "./page-globals.js";

export type WidgetModule = Record<string, unknown>;
export type ModuleLoader = () => Promise<unknown> | unknown;

/** Old and new spellings of the modules that are part of this package. */
const BUNDLED_ALIASES: Record<string, string> = {
  "jupyter-js-widgets": "@jupyter-widgets/base",
};

/** Modules of Jupyter's pages that do not exist on other pages; widgets get `null`. */
const ABSENT_MODULES = new Set(["base/js/namespace", "base/js/dialog", "base/js/events"]);

/** How long the failure of a module is kept, in ms. */
const RETRY_MS = 5_000;

type Callable = typeof import("./callable.js").callable;

/** The chunk for AMD modules, with the registry's loader. */
interface Amd extends Pick<typeof import("./amd.js"), "lendModules"> {
  readonly loader: AmdLoader;
}

/** A requested module, for an inspector to read. */
export interface AskedModule {
  readonly name: string;
  /** The requested version, or the version of a registered module. */
  readonly version: string;
  /** Whether a package on the page has registered it. */
  readonly registered: boolean;
  /** The module; `undefined` after a failure. */
  readonly module: Promise<WidgetModule> | undefined;
}

export class ModuleRegistry {
  readonly #bundled: Readonly<Record<string, ModuleLoader>>;
  readonly #registered: readonly RegisteredModule[];
  readonly #paths = new Map<string, string[]>();
  /** Modules by name, or by registration: several versions of a module may be registered. */
  readonly #loaded = new Map<string | RegisteredModule, Promise<WidgetModule>>();
  readonly #versions = new Map<string, string>();
  readonly #callable = new Map<string, Promise<unknown>>();
  #amd: Promise<Amd> | undefined;

  readonly #host: WidgetModuleHost = {
    load: <T>(name: string, version = "*") => this.load(name, version) as Promise<T>,
  };

  /** @param registered read for each request: modules are registered and unregistered at any time */
  constructor(
    bundled: Readonly<Record<string, ModuleLoader>>,
    registered: readonly RegisteredModule[] = [],
  ) {
    this.#bundled = bundled;
    this.#registered = registered;
  }

  /** Sets addresses of AMD modules; these are without `.js`, as in RequireJS. */
  configure(config: AmdConfig): void {
    for (const [name, path] of Object.entries(config.paths ?? {})) {
      this.#paths.set(name, Array.isArray(path) ? path : [path]);
    }
    // Some widgets call the page's RequireJS themselves.
    page.requirejs?.config?.(config);
    const isAmd = Object.keys(config.paths ?? {}).some((name) => !this.#bundledLoader(name));
    if (!isAmd) return;
    // RequireJS may load later than this configuration.
    const lend = ({ lendModules }: Amd): void => lendModules(page.requirejs, this);
    this.#loadAmd().then(lend, () => undefined);
  }

  #loadAmd(): Promise<Amd> {
    this.#amd ??= this.#startAmd();
    this.#amd.catch(() => {
      this.#amd = undefined;
    });
    return this.#amd;
  }

  async #startAmd(): Promise<Amd> {
    const { AmdLoader, callable, lendModules } = await retried(() => import("./amd.js"));
    const resolve: AmdResolver = (name, requester) => this.#resolve(name, requester, callable);
    return { lendModules, loader: new AmdLoader(resolve) };
  }

  /** Returns whether a module is registered, bundled, configured by the server, or loaded. */
  knows(name: string): boolean {
    return (
      this.isRegistered(name) ||
      this.#bundledLoader(name) !== undefined ||
      this.#paths.has(name) ||
      this.#loaded.has(name)
    );
  }

  /** Returns a module without a requested version, for AMD modules. */
  async find(name: string): Promise<unknown> {
    return this.isRegistered(name)
      ? this.#loadRegistered(name, "*")
      : (await this.#loadAmd()).loader.load(name);
  }

  /**
   * Loads a widget module, once.
   *
   * @param version a version or a semver range: the highest registered version that satisfies it is
   *   used. Modules that are not registered have one version only
   * @throws {CommError} `MODULE_LOAD` that names the module, its version, and the addresses that were tried
   */
  load(name: string, version: string): Promise<WidgetModule> {
    return this.isRegistered(name)
      ? this.#loadRegistered(name, version)
      : this.#loadOther(name, version);
  }

  /** Returns whether a module is registered, in any version; registered modules come first. */
  isRegistered(name: string): boolean {
    return this.#registered.some((module) => module.name === name);
  }

  /** Returns the requested modules. */
  inspect(): AskedModule[] {
    const others = [...this.#versions].map(([name, version]) => ({
      name,
      version,
      registered: false,
      module: this.#loaded.get(name),
    }));
    const registered = [...this.#loaded].flatMap(([key, module]) =>
      typeof key === "string"
        ? []
        : [{ name: key.name, version: key.version, registered: true, module }],
    );
    return [...others, ...registered];
  }

  async #loadRegistered(name: string, version: string): Promise<WidgetModule> {
    const found = await this.#find(name, version);
    return found
      ? this.#once(found, name, found.version, () => found.load(this.#host))
      : this.#loadOther(name, version);
  }

  async #loadOther(name: string, version: string): Promise<WidgetModule> {
    try {
      return await this.#once(name, name, version, () => {
        this.#versions.set(name, version);
        const bundled = this.#bundledLoader(name);
        return bundled ? bundled() : this.#loadAmd().then(({ loader }) => loader.load(name));
      });
    } catch (error) {
      // The module may have been registered meanwhile.
      const found = await this.#find(name, version);
      if (found) return this.#loadRegistered(name, version);
      throw error;
    }
  }

  /** Loads the module of a key, once. */
  #once(
    key: string | RegisteredModule,
    name: string,
    version: string,
    load: ModuleLoader,
  ): Promise<WidgetModule> {
    const known = this.#loaded.get(key);
    if (known) return known;
    const module = this.#load(name, version, load);
    this.#loaded.set(key, module);
    // All models that need the module share the failure; a later request may succeed.
    module.catch(() =>
      setTimeout(() => {
        if (this.#loaded.get(key) === module) this.#loaded.delete(key);
      }, RETRY_MS),
    );
    return module;
  }

  async #load(name: string, version: string, load: ModuleLoader): Promise<WidgetModule> {
    try {
      const module = await load();
      if (!isModule(module)) {
        throw new Error(`it is ${String(module)} instead of an object`);
      }
      return module;
    } catch (cause) {
      const versions = this.#registered.flatMap((known) =>
        known.name === name ? [known.version] : [],
      );
      const registered = versions.length > 0 ? ` (registered here: ${versions.join(", ")})` : "";
      throw new CommError(
        "MODULE_LOAD",
        `cannot load ${shorten(`${name}@${version}`, 200)}${shorten(registered, 200)}: ` +
          shorten(messageOf(cause), 1_000),
        { cause, advice: adviceFor(cause, name, version) },
      );
    }
  }

  /** Returns the highest registered version that satisfies a range; of equal ones, the last. */
  async #find(name: string, range: string): Promise<RegisteredModule | undefined> {
    const modules = this.#registered.filter((module) => module.name === name);
    const same = modules.findLast(({ version }) => version === range);
    if (same || modules.length === 0) return same;
    const { highest } = await retried(() => import("./versions.js"));
    const best = highest(
      modules.map(({ version }) => version),
      range,
    );
    return modules.findLast(({ version }) => version === best);
  }

  #bundledLoader(name: string): ModuleLoader | undefined {
    const alias =
      (Object.hasOwn(BUNDLED_ALIASES, name) ? BUNDLED_ALIASES[name] : undefined) ?? name;
    return Object.hasOwn(this.#bundled, alias) ? this.#bundled[alias] : undefined;
  }

  #resolve(name: string, requester: AmdRequester | undefined, callable: Callable) {
    // AMD modules request others without a version.
    if (requester && this.isRegistered(name)) return { exports: this.#loadRegistered(name, "*") };
    const bundled = this.#bundledLoader(name);
    if (bundled) return { exports: this.#lent(name, bundled, callable) };
    if (ABSENT_MODULES.has(name)) return { exports: Promise.resolve(null) };
    return this.#places(name, requester);
  }

  /** Returns a bundled module for AMD modules, which all get the same object. */
  #lent(name: string, bundled: ModuleLoader, callable: Callable): Promise<unknown> {
    const known = this.#callable.get(name);
    if (known) return known;
    const lent = Promise.resolve(bundled()).then((module) =>
      isModule(module) ? callable(module) : module,
    );
    this.#callable.set(name, lent);
    lent.catch(() => this.#callable.delete(name));
    return lent;
  }

  /** Returns the addresses of a module, best first. */
  #places(name: string, requester: AmdRequester | undefined): AmdPlaces {
    if (/^([a-z]+:)?\/\//i.test(name) || name.startsWith("/")) return { guesses: [name] };
    const folder = requester?.url.replace(/[^/]*$/, "") ?? "";
    if (requester && name.startsWith(".")) {
      const beside = withExtension(new URL(name, new URL(folder, document.baseURI)).href);
      return { known: [beside], guesses: [] };
    }
    const cdn = cdnSettings();
    const version = this.#versions.get(name) ?? "latest";
    const fallback = cdnUrl(cdn.url, name, version);
    if (cdn.only) return { guesses: [fallback] };
    const configured = this.#configured(name);
    if (configured) return { known: configured, guesses: [fallback] };
    const base = document.body.dataset.baseUrl ?? "";
    return {
      guesses: [
        ...(requester ? [withExtension(`${folder}${name}`)] : []),
        withExtension(`${base}nbextensions/${name}/index`),
        fallback,
      ],
    };
  }

  #configured(name: string): string[] | undefined {
    const config = page.requirejs?.s?.contexts?._?.config;
    const known =
      config?.paths && Object.hasOwn(config.paths, name) ? config.paths[name] : undefined;
    const paths = this.#paths.get(name) ?? asList(known);
    return paths?.map(withExtension);
  }
}

/** @param cause the reason of the failure */
function adviceFor(cause: unknown, name: string, version: string): string {
  if (!(cause instanceof Error) || cause.name !== "ModuleNotFoundError") {
    return (
      "The module was loaded, but failed to run. See the browser's console for the stack, and try " +
      "another version of the widget's Python package."
    );
  }
  return (
    `Check that the app's server has the Python package of ${shorten(name, 100)}, in a version for ` +
    `${shorten(version, 50)}. If the CDN has its front end, check that the browser can reach the CDN, and ` +
    "that the page's Content-Security-Policy allows it."
  );
}

function isModule(value: unknown): value is WidgetModule {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function asList(path: string | string[] | undefined): string[] | undefined {
  return path === undefined ? undefined : Array.isArray(path) ? path : [path];
}

function withExtension(url: string): string {
  return /\.js(\?|$)/.test(url) ? url : `${url}.js`;
}
