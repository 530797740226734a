/** Finds widget modules by name and version: registered, bundled, labextension, AMD, CDN, in that order. */
import { CommError, isCommError, messageOf } from "../../comm/errors.js";
import type { RegisteredModule, WidgetModuleHost } from "../../connection/shared-page.js";
import type { AmdConfig, Labextension } from "../../shiny/html-dependencies.js";
import type { Session } from "../../shiny/session.js";
import { addressOf } from "../../util/address.js";
import { shorten } from "../../util/text.js";
import type {
  AmdAddresses,
  AmdLoader,
  AmdRequester,
  AmdResolver,
  ServerAdvice,
} from "./amd-loader.js";
import { makeCdnUrl, packageOf, readCdnSettings } from "./cdn.js";
import { page } from "./page-globals.js";

export type WidgetModule = Record<string, unknown>;
export type ModuleLoader = () => Promise<unknown> | unknown;

/** Old and new spellings of the modules that are part of this package. */
const BUNDLED_ALIASES: Record<string, string> = {
  "jupyter-js-widgets": "@jupyter-widgets/base",
};

/** Modules that exist only on Jupyter's pages; widgets get `null`. */
const ABSENT_MODULES = new Set(["base/js/namespace", "base/js/dialog", "base/js/events"]);

/** How long the failure of a module is kept, in ms. */
const RETRY_MS = 5_000;

const FAILED_ADVICE =
  "The module was loaded, but failed to run. See the browser's console for the stack, and try another " +
  "version of the widget's package.";

const CLIENT_ADVICE =
  "Reload the page: its client may be older than the app. Check that the browser can reach the app's server.";

type MakeCallable = typeof import("./callable.js").makeCallable;

/** The chunk for AMD modules, with the registry's loader. */
interface Amd extends Pick<typeof import("./amd.js"), "lendModules"> {
  readonly loader: AmdLoader;
}

/** A module that was requested. */
export interface RequestedModule {
  readonly name: string;
  /** The requested version, or the version of a registered module. */
  readonly version: string;
  /** Whether a package on the page has registered it. */
  readonly registered: boolean;
  /** The module; `undefined` after a failure. */
  readonly module: Promise<WidgetModule> | undefined;
}

export class ModuleRegistry {
  /** The loaders of bundled modules, and of labextensions. */
  readonly #bundled: Record<string, ModuleLoader>;
  readonly #registered: RegisteredModule[];
  readonly #paths = new Map<string, string[]>();
  /** The modules by name; registered modules by registration, because several versions may be registered. */
  readonly #loaded = new Map<string | RegisteredModule, Promise<WidgetModule>>();
  readonly #versions = new Map<string, string>();
  readonly #callable = new Map<string, Promise<unknown>>();
  #amd: Promise<Amd> | undefined;
  /** Returns the advice for R if the server is R, otherwise for Python. */
  readonly serverAdvice: ServerAdvice;

  readonly #host: WidgetModuleHost = {
    load: <T>(name: string, version = "*") => this.load(name, version) as Promise<T>,
  };

  /**
   * @param registered read for each request: modules are registered and unregistered at any time. The registry
   *   adds the modules of labextensions
   * @param session knows the language of the server
   */
  constructor(
    bundled: Readonly<Record<string, ModuleLoader>>,
    registered: RegisteredModule[] = [],
    session?: Session,
  ) {
    this.#bundled = { ...bundled };
    this.#registered = registered;
    this.serverAdvice = (python, r) => (session?.language === "R" ? r : python);
  }

  /** Adds addresses of AMD modules, without `.js`, as in RequireJS. */
  configure(config: AmdConfig): void {
    for (const [name, path] of Object.entries(config.paths ?? {})) {
      this.#paths.set(name, Array.isArray(path) ? path : [path]);
    }
    // Some widgets call the page's RequireJS themselves.
    page.requirejs?.config?.(config);
    const isAmd = Object.keys(config.paths ?? {}).some((name) => !this.#findBundled(name));
    if (!isAmd) return;
    // RequireJS may load later than this configuration.
    const lendToPage = ({ lendModules }: Amd): void => lendModules(page.requirejs, this);
    this.#loadAmd().then(lendToPage, () => undefined);
  }

  /** Adds a labextension, which registers modules when a widget needs the named one. */
  addLabextension(extension: Labextension): void {
    this.#bundled[extension["data-module"]] ??= async () => {
      const { activateLabextension } = await import("./federated.js");
      return activateLabextension(extension, this.#host, this.#registered, this.#bundled);
    };
  }

  #loadAmd(): Promise<Amd> {
    this.#amd ??= this.#startAmd();
    this.#amd.catch(() => {
      this.#amd = undefined;
    });
    return this.#amd;
  }

  async #startAmd(): Promise<Amd> {
    const { AmdLoader, makeCallable, lendModules } = await import("./amd.js");
    const resolve: AmdResolver = (name, requester) => this.#resolve(name, requester, makeCallable);
    return { lendModules, loader: new AmdLoader(resolve, this.serverAdvice) };
  }

  /** Returns whether a module is registered, bundled, configured by the server, or loaded. */
  hasModule(name: string): boolean {
    return (
      this.isRegistered(name) ||
      this.#findBundled(name) !== undefined ||
      this.#paths.has(name) ||
      this.#loaded.has(name)
    );
  }

  /** Loads a module in any version, because AMD modules request others without a version. */
  async loadUnversioned(name: string): Promise<unknown> {
    return this.isRegistered(name)
      ? this.#loadRegistered(name, "*")
      : (await this.#loadAmd()).loader.load(name);
  }

  /**
   * Loads a widget module, once.
   *
   * @param version a version or a semver range, which selects the highest registered version. A module
   *   that is not registered is loaded in the first requested version
   * @throws {CommError} `MODULE_LOAD` (rejects), with the module's name, version and addresses
   */
  load(name: string, version: string): Promise<WidgetModule> {
    return this.isRegistered(name)
      ? this.#loadRegistered(name, version)
      : this.#loadOther(name, version);
  }

  /** Returns whether a module is registered, in any version. */
  isRegistered(name: string): boolean {
    return this.#registered.some((module) => module.name === name);
  }

  /** Returns the modules that were requested, for an inspector. */
  inspect(): RequestedModule[] {
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
    const found = await this.#findRegistered(name, version);
    return found
      ? this.#loadOnce(found, name, found.version, () => found.load(this.#host))
      : this.#loadOther(name, version);
  }

  async #loadOther(name: string, version: string): Promise<WidgetModule> {
    try {
      return await this.#loadOnce(name, name, version, () => {
        this.#versions.set(name, version);
        const bundled = this.#findBundled(name);
        return bundled ? bundled() : this.#loadAmd().then(({ loader }) => loader.load(name));
      });
    } catch (error) {
      // The module may have been registered meanwhile: a labextension does that, and returns no module.
      const found = await this.#findRegistered(name, version);
      if (!found) throw error;
      this.#loaded.delete(name);
      this.#versions.delete(name);
      return this.#loadRegistered(name, version);
    }
  }

  /** Loads the module of a key, once. */
  #loadOnce(
    key: string | RegisteredModule,
    name: string,
    version: string,
    load: ModuleLoader,
  ): Promise<WidgetModule> {
    const existing = this.#loaded.get(key);
    if (existing) return existing;
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
        throw new Error(`invalid module (expected an object, got ${String(module)})`);
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
        { cause, advice: adviceFor(cause) },
      );
    }
  }

  /** Returns the highest registered version that satisfies a range; of equal ones, the last. */
  async #findRegistered(name: string, range: string): Promise<RegisteredModule | undefined> {
    const modules = this.#registered.filter((module) => module.name === name);
    const exact = modules.findLast(({ version }) => version === range);
    if (exact || modules.length === 0) return exact;
    const { findHighest } = await import("./versions.js");
    const best = findHighest(
      modules.map(({ version }) => version),
      range,
    );
    return modules.findLast(({ version }) => version === best);
  }

  #findBundled(name: string): ModuleLoader | undefined {
    const alias =
      (Object.hasOwn(BUNDLED_ALIASES, name) ? BUNDLED_ALIASES[name] : undefined) ?? name;
    return Object.hasOwn(this.#bundled, alias) ? this.#bundled[alias] : undefined;
  }

  #resolve(name: string, requester: AmdRequester | undefined, makeCallable: MakeCallable) {
    // AMD modules request others without a version.
    if (requester && this.isRegistered(name)) return { exports: this.#loadRegistered(name, "*") };
    const bundled = this.#findBundled(name);
    if (bundled) return { exports: this.#loadCallable(name, makeCallable) };
    if (ABSENT_MODULES.has(name)) return { exports: Promise.resolve(null) };
    return this.#listAddresses(name, requester);
  }

  /** Loads a bundled module for AMD modules. All get the same object, whose classes can be called. */
  #loadCallable(name: string, makeCallable: MakeCallable): Promise<unknown> {
    const existing = this.#callable.get(name);
    if (existing) return existing;
    const loading = this.load(name, "*").then(makeCallable);
    this.#callable.set(name, loading);
    loading.catch(() => this.#callable.delete(name));
    return loading;
  }

  /** Returns the addresses of a module, best first. */
  #listAddresses(name: string, requester: AmdRequester | undefined): AmdAddresses {
    if (/^([a-z]+:)?\/\//i.test(name) || name.startsWith("/")) return { guesses: [name] };
    const folder = requester?.url.replace(/[^/]*$/, "") ?? "";
    if (requester && name.startsWith(".")) {
      const sibling = addExtension(new URL(name, addressOf(folder)).href);
      return { known: [sibling], guesses: [] };
    }
    const cdn = readCdnSettings();
    const fallback = makeCdnUrl(cdn.url, name, this.#versionOf(name));
    if (cdn.only) return { guesses: [fallback] };
    const configured = this.#listConfigured(name);
    if (configured) return { known: configured, guesses: [fallback] };
    const base = document.body.dataset.baseUrl ?? "";
    return {
      guesses: [
        ...(requester ? [addExtension(`${folder}${name}`)] : []),
        addExtension(`${base}nbextensions/${name}/index`),
        fallback,
      ],
    };
  }

  /** Returns the requested version of a module, or of another module in the same package. */
  #versionOf(name: string): string {
    const isSibling = (other: string): boolean => packageOf(other) === packageOf(name);
    const known = [...this.#versions].find(([other]) => isSibling(other));
    return this.#versions.get(name) ?? known?.[1] ?? "latest";
  }

  #listConfigured(name: string): string[] | undefined {
    const config = page.requirejs?.s?.contexts?._?.config;
    const known =
      config?.paths && Object.hasOwn(config.paths, name) ? config.paths[name] : undefined;
    const paths = this.#paths.get(name) ?? toList(known);
    return paths?.map(addExtension);
  }
}

function adviceFor(cause: unknown): string | undefined {
  if (isCommError(cause, "CLIENT_LOAD")) return CLIENT_ADVICE;
  return isCommError(cause) ? cause.advice : FAILED_ADVICE;
}

function isModule(value: unknown): value is WidgetModule {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function toList(path: string | string[] | undefined): string[] | undefined {
  return path === undefined ? undefined : Array.isArray(path) ? path : [path];
}

function addExtension(url: string): string {
  return /\.js(\?|$)/.test(url) ? url : `${url}.js`;
}
