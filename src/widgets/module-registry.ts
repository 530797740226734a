/** From the name and version of a widget module to the module: bundled, registered, AMD, CDN, in that order. */
import { ModuleLoadError, messageOf, shorten } from "../comm/errors.js";
import type { AmdConfig } from "../shiny/dependencies.js";
import { AmdLoader, type AmdRequester, ModuleNotFoundError } from "./amd-loader.js";
import { cdnSettings, cdnUrl } from "./cdn.js";

export type WidgetModule = Record<string, unknown>;
export type ModuleLoader = () => Promise<unknown> | unknown;

interface RequireJs {
  s?: { contexts?: Record<string, { config?: AmdConfig & { baseUrl?: string } }> };
}

/** Old and new spellings of the modules that are part of this package. */
const BUNDLED_ALIASES: Record<string, string> = {
  "jupyter-js-widgets": "@jupyter-widgets/base",
};

/** Modules that Jupyter's own pages offer to widgets, and that are nothing here. */
const ABSENT_MODULES = new Set(["base/js/namespace", "base/js/dialog", "base/js/events"]);

/** How long a module that could not be had is not sought again, in ms. */
const RETRY_MS = 5_000;

export class ModuleRegistry {
  readonly #bundled: Readonly<Record<string, ModuleLoader>>;
  readonly #registered = new Map<string, ModuleLoader>();
  readonly #paths = new Map<string, string[]>();
  readonly #loaded = new Map<string, Promise<WidgetModule>>();
  readonly #versions = new Map<string, string>();
  readonly #amd = new AmdLoader((name, requester) => this.#resolve(name, requester));

  constructor(bundled: Readonly<Record<string, ModuleLoader>>) {
    this.#bundled = bundled;
  }

  /** Registers a module, so that neither AMD nor CDN is needed for it. @returns the undo */
  register(name: string, loader: ModuleLoader): () => void {
    this.#registered.set(name, loader);
    this.#loaded.delete(name);
    return () => {
      if (this.#registered.get(name) === loader) this.#registered.delete(name);
      this.#loaded.delete(name);
    };
  }

  /** Learns where AMD modules are; addresses are without `.js`, as RequireJS has them. */
  configure(config: AmdConfig): void {
    for (const [name, path] of Object.entries(config.paths ?? {})) {
      this.#paths.set(name, Array.isArray(path) ? path : [path]);
    }
    // For widgets that call the page's RequireJS at their run time.
    const { requirejs } = globalThis as { requirejs?: { config?: (config: AmdConfig) => void } };
    requirejs?.config?.(config);
  }

  /**
   * Loads a widget module, once.
   *
   * @throws {ModuleLoadError} naming the module, its version, and where it was sought
   */
  load(name: string, version: string): Promise<WidgetModule> {
    let module = this.#loaded.get(name);
    if (!module) {
      this.#versions.set(name, version);
      module = this.#load(name, version);
      this.#loaded.set(name, module);
      // One failure is one error, however many models need the module; later it may be there.
      const failed = module;
      failed.catch(() =>
        setTimeout(() => {
          if (this.#loaded.get(name) === failed) this.#loaded.delete(name);
        }, RETRY_MS),
      );
    }
    return module;
  }

  async #load(name: string, version: string): Promise<WidgetModule> {
    try {
      const ready = this.#ready(name);
      const module = await (ready ? ready() : this.#amd.load(name));
      if (module === null || (typeof module !== "object" && typeof module !== "function")) {
        throw new Error(`it is ${String(module)}`);
      }
      return module as WidgetModule;
    } catch (cause) {
      throw new ModuleLoadError(
        `cannot load ${shorten(`${name}@${version}`, 200)}: ${shorten(messageOf(cause), 1_000)}`,
        { cause, advice: adviceFor(cause, name, version) },
      );
    }
  }

  #ready(name: string): ModuleLoader | undefined {
    const alias =
      (Object.hasOwn(BUNDLED_ALIASES, name) ? BUNDLED_ALIASES[name] : undefined) ?? name;
    return (
      this.#registered.get(name) ??
      (Object.hasOwn(this.#bundled, alias) ? this.#bundled[alias] : undefined)
    );
  }

  /** Whether a module has been registered in the place of what else would be taken. */
  isRegistered(name: string): boolean {
    return this.#registered.has(name);
  }

  #resolve(name: string, requester: AmdRequester | undefined) {
    const ready = this.#ready(name);
    if (ready) return { exports: Promise.resolve(ready()) };
    if (ABSENT_MODULES.has(name)) return { exports: Promise.resolve(null) };
    return { urls: this.#urls(name, requester) };
  }

  /** Where a module may be, best first. */
  #urls(name: string, requester: AmdRequester | undefined): string[] {
    if (/^([a-z]+:)?\/\//i.test(name) || name.startsWith("/")) return [name];
    const folder = requester?.url.replace(/[^/]*$/, "") ?? "";
    if (requester && name.startsWith(".")) {
      return [withExtension(new URL(name, new URL(folder, document.baseURI)).href)];
    }
    const cdn = cdnSettings();
    const version = this.#versions.get(name) ?? "latest";
    const fallback = cdnUrl(cdn.url, name, version);
    if (cdn.only) return [fallback];
    const configured = this.#configured(name);
    if (configured) return [...configured, fallback];
    const base = document.body.dataset.baseUrl ?? "";
    return [
      ...(requester ? [withExtension(`${folder}${name}`)] : []),
      withExtension(`${base}nbextensions/${name}/index`),
      fallback,
    ];
  }

  #configured(name: string): string[] | undefined {
    const { requirejs } = globalThis as { requirejs?: RequireJs };
    const page = requirejs?.s?.contexts?._?.config;
    const known = page?.paths && Object.hasOwn(page.paths, name) ? page.paths[name] : undefined;
    const paths = this.#paths.get(name) ?? asList(known);
    return paths?.map(withExtension);
  }
}

/** @param cause what kept the module from being loaded */
function adviceFor(cause: unknown, name: string, version: string): string {
  if (!(cause instanceof ModuleNotFoundError)) {
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
