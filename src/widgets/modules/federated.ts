/** Loads labextensions as JupyterLab does: containers of webpack's module federation, with plugins. A chunk. */
import { CommError, messageOf } from "../../comm/errors.js";
import type { RegisteredModule, WidgetModuleHost } from "../../connection/shared-page.js";
import type { Labextension } from "../../shiny/html-dependencies.js";
import { addressOf } from "../../util/address.js";
import { isObject } from "../../util/object.js";
import { isOfPage } from "../../util/page-instead.js";
import { retried } from "../../util/retry.js";
import { runScript } from "../../util/run-script.js";
import { shorten } from "../../util/text.js";
import { type Container, page } from "./page-globals.js";
import { makeShareScope, type ShareScope } from "./shared-modules.js";

/** The used members of JupyterLab's plugins. */
interface Plugin {
  readonly id?: unknown;
  readonly autoStart?: unknown;
  readonly requires?: readonly unknown[];
  readonly optional?: readonly unknown[];
  readonly provides?: unknown;
  activate(app: object, ...services: unknown[]): unknown;
}

/** The name of the token of `IJupyterWidgetRegistry`, the registry of widget modules. */
const WIDGET_REGISTRY = "jupyter.extensions.jupyterWidgetRegistry";

const NETWORK_ADVICE =
  "Check that the browser can reach the app's server, and that the page's Content-Security-Policy " +
  "allows the app's scripts.";
const VERSION_ADVICE = "Try another version of the widget's package.";
const JUPYTERLAB_ADVICE =
  "The package works only in JupyterLab. Look for a version with a front end for Jupyter Notebook, " +
  "or for another package.";

let shareScope: ShareScope | undefined;

/** The labextensions that have registered their module. */
const activated = new Map<string, Promise<void>>();

/** The folders from which containers were loaded, by the names of the containers. */
const folders = new Map<string, string>();

/**
 * Loads a labextension, and activates its plugins, once. They register modules in the versions that they have.
 *
 * @param registered gets the modules
 * @param bundled the names of the client's own modules, which are not replaced
 * @throws {CommError} `MODULE_LOAD` (rejects) always: the caller looks for a registered module first
 */
export async function activateLabextension(
  extension: Labextension,
  host: WidgetModuleHost,
  registered: RegisteredModule[],
  bundled: object,
): Promise<never> {
  const { "data-container": name, "data-module": module } = extension;
  const register = (found: RegisteredModule): void => {
    if (found.name === module || !Object.hasOwn(bundled, found.name)) registered.push(found);
  };
  const activating = activated.get(name) ?? activate(extension, host, register);
  activated.set(name, activating);
  // A later attempt may succeed.
  activating.catch(() => activated.delete(name));
  await activating;
  fail(`the labextension ${shorten(name, 200)} registers no such version`);
}

async function activate(
  extension: Labextension,
  host: WidgetModuleHost,
  register: (module: RegisteredModule) => void,
): Promise<void> {
  const { "data-extension": plugins, "data-style": style, "data-module": module } = extension;
  const name = shorten(extension["data-container"], 200);
  const container = await loadContainer(extension);
  try {
    shareScope ??= makeShareScope(host);
    await container.init(shareScope);
  } catch (cause) {
    fail(`cannot initialize the labextension ${name}: ${messageOf(cause)}`, cause);
  }
  if (style) {
    // JupyterLab logs this failure, too.
    withFiles(extension, () => loadModule(container, style)).catch((error: unknown) =>
      console.warn(
        "[shiny-comm]",
        `The styles of the labextension ${name} cannot be loaded.`,
        error,
      ),
    );
  }
  const exports = await withFiles(extension, () => loadModule(container, plugins)).catch(
    failToLoad(name),
  );
  let isRegistered = false;
  const failures = await activatePlugins(listPlugins(exports), name, (found) => {
    isRegistered ||= found.name === module;
    const load = () => withFiles(extension, () => found.load(host)).catch(failToLoad(name));
    register({ ...found, load });
  });
  if (isRegistered) return;
  if (failures.length > 0) throw failures[0];
  fail(`the labextension ${name} does not register ${shorten(module, 200)}`);
}

async function loadContainer(extension: Labextension): Promise<Container> {
  const find = (): Container | undefined => page._JUPYTERLAB?.[extension["data-container"]];
  const existing = find();
  if (existing) return existing;
  const name = shorten(extension["data-container"], 200);
  let thrown: string | undefined;
  const onError = ({ filename, message }: ErrorEvent): void => {
    if (filename === urlOf(extension)) thrown = message;
  };
  globalThis.addEventListener("error", onError);
  try {
    await runRetried(
      () => urlOf(extension),
      () => !find() && isOfPage(thrown),
    );
    folders.set(extension["data-container"], new URL(".", urlOf(extension)).href);
  } catch (cause) {
    const url = shorten(urlOf(extension), 500);
    fail(`cannot load the labextension ${name} from ${url}`, cause, NETWORK_ADVICE);
  } finally {
    globalThis.removeEventListener("error", onError);
  }
  const container = find();
  if (container) return container;
  const reason = thrown === undefined ? "" : ` (${thrown})`;
  fail(`the script of the labextension ${name} defines no container${reason}`);
}

/** Returns the address of a labextension's script below the page's present base. */
function urlOf({ src }: Labextension): string {
  return addressOf(src);
}

/**
 * Runs a script by a tag, and tries again after a failed fetch. @throws (rejects) when no try succeeds
 *
 * @param isLost whether the script that ran was another one
 */
function runRetried(address: () => string, isLost = (): boolean => false): Promise<void> {
  return retried(async () => {
    const url = address();
    if (!(await runScript(url)) || isLost()) throw new Error(`cannot load ${url}`);
  });
}

/**
 * Calls a function that loads code of a container, and supplies files that webpack fails to fetch.
 *
 * Webpack requests each file once, in the folder that the container had when it ran. Webpack uses a file that
 * another tag has run.
 */
async function withFiles<T>(extension: Labextension, load: () => T | Promise<T>): Promise<T> {
  let previous: string | undefined;
  for (;;) {
    try {
      return await load();
    } catch (error) {
      const file = lostFileOf(error);
      if (file === undefined || file === previous) throw error;
      previous = file;
      const folder = folders.get(extension["data-container"]);
      await runRetried(() =>
        folder !== undefined && file.startsWith(folder)
          ? new URL(file.slice(folder.length), urlOf(extension)).href
          : file,
      ).catch(() => {
        throw error;
      });
    }
  }
}

/** Returns the address of a script that webpack could not fetch. */
function lostFileOf(error: unknown): string | undefined {
  // https://github.com/webpack/webpack/blob/v5.97.1/lib/web/JsonpChunkLoadingRuntimeModule.js
  return error instanceof Error && error.name === "ChunkLoadError" && "request" in error
    ? String(error.request)
    : undefined;
}

async function loadModule(container: Container, name: string): Promise<unknown> {
  const factory = await container.get(name);
  return factory();
}

/** Returns the plugins of a module, whose default export is a plugin or a list of plugins. */
function listPlugins(exports: unknown): Plugin[] {
  const plugins = isObject(exports) && "default" in exports ? exports.default : exports;
  return [plugins].flat().filter(isPlugin);
}

function isPlugin(value: unknown): value is Plugin {
  return isObject(value) && typeof value.activate === "function";
}

/**
 * Activates the plugins that start by themselves, each after the plugins that it requires.
 *
 * @returns the failures: a package can have further plugins, which work only in JupyterLab
 */
async function activatePlugins(
  plugins: readonly Plugin[],
  container: string,
  register: (module: RegisteredModule) => void,
): Promise<unknown[]> {
  const registry = { registerWidget: (data: unknown) => register(toModule(data)) };
  const services = new Map<string, Promise<unknown>>([
    [WIDGET_REGISTRY, Promise.resolve(registry)],
  ]);
  const results = new Map<Plugin, Promise<unknown>>();

  const findService = (token: unknown): Promise<unknown> | undefined => {
    const name = nameOf(token);
    const provider = plugins.find(({ provides }) => provides && nameOf(provides) === name);
    return services.get(name) ?? (provider && start(provider));
  };
  const run = async (plugin: Plugin): Promise<unknown> => {
    const id = shorten(String(plugin.id), 200);
    const required = (plugin.requires ?? []).map((token) => {
      const service = findService(token);
      if (service) return service;
      const name = shorten(nameOf(token), 200);
      return fail(
        `the plugin ${id} of the labextension ${container} requires ${name} of JupyterLab`,
        undefined,
        JUPYTERLAB_ADVICE,
      );
    });
    const optional = (plugin.optional ?? []).map((token) =>
      // The service is null without a provider, and when the provider fails.
      (findService(token) ?? Promise.resolve(null)).catch(() => null),
    );
    const found = await Promise.all([...required, ...optional]);
    try {
      return await plugin.activate({}, ...found);
    } catch (cause) {
      return fail(
        `the plugin ${id} of the labextension ${container} failed: ${messageOf(cause)}`,
        cause,
      );
    }
  };
  const start = (plugin: Plugin): Promise<unknown> => {
    const result = results.get(plugin) ?? run(plugin);
    results.set(plugin, result);
    return result;
  };
  const started = plugins.filter(({ autoStart }) => autoStart).map(start);
  const settled = await Promise.allSettled(started);
  return settled.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
}

/** Returns a token's name, such as `@jupyterlab/notebook:INotebookTracker`. */
function nameOf(token: unknown): string {
  return isObject(token) ? String(token.name) : "an unknown service";
}

/** Returns the module that a plugin registers. Its exports are an object, a promise, or a function. */
function toModule(data: unknown): RegisteredModule {
  if (!isObject(data) || typeof data.name !== "string" || typeof data.version !== "string") {
    throw new Error("registerWidget requires a name and a version");
  }
  const { name, version, exports } = data;
  const load = async (): Promise<unknown> => (typeof exports === "function" ? exports() : exports);
  return { name, version, load };
}

/** Returns a function that throws the error for code of a labextension that cannot be loaded. */
function failToLoad(name: string): (cause: unknown) => never {
  return (cause) => {
    const text = messageOf(cause);
    // https://github.com/webpack/webpack/blob/v5.97.1/lib/sharing/ConsumeSharedRuntimeModule.js
    const absent = /^Shared module (\S+) doesn't exist in shared scope/.exec(text)?.[1];
    if (absent === undefined)
      fail(`cannot load the code of the labextension ${name}: ${text}`, cause);
    fail(
      `the labextension ${name} requires the package ${absent} of JupyterLab`,
      undefined,
      JUPYTERLAB_ADVICE,
    );
  };
}

function fail(text: string, cause?: unknown, advice = VERSION_ADVICE): never {
  throw new CommError("MODULE_LOAD", text, { cause, advice });
}
