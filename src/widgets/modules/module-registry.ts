/** From the name and version of a widget module to the module: registered, bundled, AMD, CDN, in that order. */
import { CommError, messageOf } from "../../comm/errors.js";
import type { RegisteredModule, WidgetModuleHost } from "../../connection/shared-page.js";
import type { AmdConfig } from "../../shiny/html-dependencies.js";
import { retried } from "../../util/retry.js";
import { shorten } from "../../util/text.js";
import type { AmdLoader, AmdPlaces, AmdRequester, AmdResolver } from "./amd-loader.js";
import { cdnSettings, cdnUrl } from "./cdn.js";
import type { PageRequire } from "./page-require.js";

export type WidgetModule = Record<string, unknown>;
export type ModuleLoader = () => Promise<unknown> | unknown;

/** Old and new spellings of the modules that are part of this package. */
const BUNDLED_ALIASES: Record<string, string> = {
  "jupyter-js-widgets": "@jupyter-widgets/base",
};

/** Modules that Jupyter's own pages offer to widgets, and that are nothing here. */
const ABSENT_MODULES = new Set(["base/js/namespace", "base/js/dialog", "base/js/events"]);

/** How long a module that could not be had is not sought again, in ms. */
const RETRY_MS = 5_000;

type Callable = typeof import("./callable.js").callable;

/** The chunk for AMD modules, with the registry's own loader. */
interface Amd extends Pick<typeof import("./amd.js"), "lendModules"> {
  readonly loader: AmdLoader;
}

/** A module that was asked for, for an inspector to read. */
export interface AskedModule {
  readonly name: string;
  /** As it was asked for; of one that was registered, its own. */
  readonly version: string;
  /** A package on the page brought it. */
  readonly registered: boolean;
  /** `undefined` when it could not be had. */
  readonly module: Promise<WidgetModule> | undefined;
}

export class ModuleRegistry {
  readonly #bundled: Readonly<Record<string, ModuleLoader>>;
  readonly #registered: readonly RegisteredModule[];
  readonly #paths = new Map<string, string[]>();
  /** By name, or by registration: of one name several may be registered. */
  readonly #loaded = new Map<string | RegisteredModule, Promise<WidgetModule>>();
  readonly #versions = new Map<string, string>();
  readonly #callable = new Map<string, Promise<unknown>>();
  #amd: Promise<Amd> | undefined;

  readonly #host: WidgetModuleHost = {
    load: <T>(name: string, version = "*") => this.load(name, version) as Promise<T>,
  };

  /** @param registered read anew each time: modules may be registered and taken back at any time */
  constructor(
    bundled: Readonly<Record<string, ModuleLoader>>,
    registered: readonly RegisteredModule[] = [],
  ) {
    this.#bundled = bundled;
    this.#registered = registered;
  }

  /** Learns where AMD modules are; addresses are without `.js`, as RequireJS has them. */
  configure(config: AmdConfig): void {
    for (const [name, path] of Object.entries(config.paths ?? {})) {
      this.#paths.set(name, Array.isArray(path) ? path : [path]);
    }
    // For widgets that call the page's RequireJS at their run time.
    pageRequire()?.config?.(config);
    const isAmd = Object.keys(config.paths ?? {}).some((name) => !this.#bundledLoader(name));
    if (!isAmd) return;
    // It may have come by now.
    const lend = ({ lendModules }: Amd): void => lendModules(pageRequire(), this);
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

  /** Whether there is a module of this name: registered, bundled, told of by the server, or loaded. */
  knows(name: string): boolean {
    return (
      this.isRegistered(name) ||
      this.#bundledLoader(name) !== undefined ||
      this.#paths.has(name) ||
      this.#loaded.has(name)
    );
  }

  /** A module for those who name it without a version, as AMD modules do. */
  async find(name: string): Promise<unknown> {
    return this.isRegistered(name)
      ? this.#loadRegistered(name, "*")
      : (await this.#loadAmd()).loader.load(name);
  }

  /**
   * Loads a widget module, once.
   *
   * @param version a version, or a semver range; of what is registered, the highest that satisfies
   *   it is taken, and anything else in whatever version there is
   * @throws {CommError} `MODULE_LOAD` naming the module, its version, and where it was sought
   */
  load(name: string, version: string): Promise<WidgetModule> {
    return this.isRegistered(name)
      ? this.#loadRegistered(name, version)
      : this.#loadOther(name, version);
  }

  /** Whether a module has been registered, in some version, in the place of what else would be taken. */
  isRegistered(name: string): boolean {
    return this.#registered.some((module) => module.name === name);
  }

  /** The modules that were asked for. */
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
      // It may have been registered while it was sought elsewhere.
      const found = await this.#find(name, version);
      if (found) return this.#loadRegistered(name, version);
      throw error;
    }
  }

  /** Loads what has a key, unless it was. */
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
    // One failure is one error, however many models need the module; later it may be there.
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
      if (module === null || (typeof module !== "object" && typeof module !== "function")) {
        throw new Error(`it is ${String(module)}`);
      }
      return module as WidgetModule;
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

  /** Of a name's registered versions, the highest that satisfies a range, and was registered last. */
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
    // AMD modules name others without a version; what is sought for a model was not registered.
    if (requester && this.isRegistered(name)) return { exports: this.#loadRegistered(name, "*") };
    const bundled = this.#bundledLoader(name);
    if (bundled) return { exports: this.#lent(name, bundled, callable) };
    if (ABSENT_MODULES.has(name)) return { exports: Promise.resolve(null) };
    return this.#places(name, requester);
  }

  /** A bundled module as AMD modules get it: all the same one. */
  #lent(name: string, bundled: ModuleLoader, callable: Callable): Promise<unknown> {
    const known = this.#callable.get(name);
    if (known) return known;
    const lent = Promise.resolve(bundled()).then((module) => callable(module as object));
    this.#callable.set(name, lent);
    lent.catch(() => this.#callable.delete(name));
    return lent;
  }

  /** Where a module may be, best first. */
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
    const page = pageRequire()?.s?.contexts?._?.config;
    const known = page?.paths && Object.hasOwn(page.paths, name) ? page.paths[name] : undefined;
    const paths = this.#paths.get(name) ?? asList(known);
    return paths?.map(withExtension);
  }
}

function pageRequire(): PageRequire | undefined {
  return (globalThis as { requirejs?: PageRequire }).requirejs;
}

/** @param cause what kept the module from being loaded */
function adviceFor(cause: unknown, name: string, version: string): string {
  if (!(cause instanceof Error) || cause.name !== "ModuleNotFoundError") {
    return (
      "The module is there, but cannot be run: see the browser's console for where the error arose, " +
      "and try another version of the Python package that brings this widget."
    );
  }
  return (
    `Is the Python package that brings ${shorten(name, 100)} installed where the app runs, in a ` +
    `version that goes with ${shorten(version, 50)}? If its front end is to come from the CDN, can the ` +
    "browser reach that, and does the page's Content-Security-Policy allow it?"
  );
}

function asList(path: string | string[] | undefined): string[] | undefined {
  return path === undefined ? undefined : Array.isArray(path) ? path : [path];
}

function withExtension(url: string): string {
  return /\.js(\?|$)/.test(url) ? url : `${url}.js`;
}
