/** Renders the htmltools dependencies of a `comm_open`. */

import { CommError } from "../comm/errors.js";
import type { CommOpenContent } from "../comm/messages.js";
import { isObject } from "../util/object.js";
import type { ShinyRuntime } from "./runtime.js";

/** The configuration of RequireJS, without the members that this package ignores. */
export interface AmdConfig {
  paths?: Record<string, string | string[]>;
}

/** A script that describes an extension of JupyterLab with widgets (docs/wire.md). */
export interface Labextension {
  /** The address of the script, which defines a container of webpack's module federation. */
  readonly src: string;
  /** The name of the module that widgets request. */
  readonly "data-module": string;
  /** The name of the container, which is the extension's package. */
  readonly "data-container": string;
  /** The name of the plugins in the container. */
  readonly "data-extension": string;
  /** The name of the styles in the container. */
  readonly "data-style"?: string;
}

/** The type of a script that describes a labextension. */
const LABEXTENSION_TYPE = "jupyterlab-extension";

/** Receives what an open's dependencies say about widget modules. */
export interface ModuleConfigurator {
  /** Adds addresses of AMD modules. */
  configure(config: AmdConfig): void;
  /** Adds a labextension. */
  addLabextension(extension: Labextension): void;
}

/** A script that contains one call of `require.config` with JSON, and nothing else. */
const CONFIG_CALL =
  /^\s*<script[^>]*>\s*(?:window\.)?require(?:js)?\.config\((\{.*\})\);?\s*<\/script>\s*$/s;

/**
 * Checks the dependencies of an open: Shiny does not.
 *
 * @throws {CommError} `DECODE`, with the comm and the fault
 */
export function checkHtmlDependencies({ comm_id, html_deps }: CommOpenContent): void {
  for (const [index, dependency] of html_deps.entries()) {
    const fault = faultIn(dependency);
    if (fault === undefined) continue;
    throw new CommError(
      "DECODE",
      `cannot decode comm_open for comm ${comm_id}: content.html_deps[${index}] ${fault}`,
      {
        comm_id,
        kind: "comm_open",
      },
    );
  }
}

/**
 * Renders dependencies in order, and resolves when their scripts have run.
 *
 * An AMD widget has a dependency whose `head` is a script that calls `window.require.config(…)`. The script is
 * parsed instead of run: the page may have no RequireJS, or a Content-Security-Policy without inline scripts.
 * A labextension is a script of another type, with attributes (docs/wire.md).
 */
export async function renderHtmlDependencies(
  shiny: ShinyRuntime | undefined,
  dependencies: readonly unknown[],
  modules: ModuleConfigurator,
): Promise<void> {
  const rest: unknown[] = [];
  for (const dependency of dependencies) {
    const config = amdConfigOf(dependency);
    const extension = labextensionOf(dependency);
    if (config) modules.configure(config);
    if (extension) modules.addLabextension(extension);
    else if (!config) rest.push(dependency);
    else if (isObject(dependency) && hasFiles(dependency)) rest.push({ ...dependency, head: null });
  }
  if (rest.length === 0 || !shiny) return;
  if (shiny.renderDependenciesAsync) await shiny.renderDependenciesAsync(rest);
  else shiny.renderDependencies?.(rest);
}

function amdConfigOf(dependency: unknown): AmdConfig | undefined {
  const head = isObject(dependency) ? dependency.head : undefined;
  const text = typeof head === "string" ? head : undefined;
  const json = text === undefined ? undefined : CONFIG_CALL.exec(text)?.[1];
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json) as AmdConfig;
  } catch {
    return undefined;
  }
}

function labextensionOf(dependency: unknown): Labextension | undefined {
  const scripts: unknown[] = isObject(dependency) ? [dependency.script].flat() : [];
  return scripts.find(isLabextension);
}

function isLabextension(script: unknown): script is Labextension {
  return isObject(script) && script.type === LABEXTENSION_TYPE;
}

function hasFiles({ script, stylesheet, meta }: Record<string, unknown>): boolean {
  return [script, stylesheet, meta].some((part) =>
    Array.isArray(part) ? part.length > 0 : part !== undefined && part !== null,
  );
}

/** Returns the fault of an htmltools dependency, or `undefined`. */
function faultIn(dependency: unknown): string | undefined {
  if (!isObject(dependency)) return "is not an object";
  const { name, src, head } = dependency;
  if (typeof name !== "string" || name === "" || name === "__proto__") return "has no name";
  if (src !== undefined && src !== null && !isObject(src)) return "has a src that is not an object";
  if ([head ?? ""].flat().some((part) => typeof part !== "string"))
    return "has a head that is not a string";
  for (const [part, key] of [
    ["script", "src"],
    ["stylesheet", "href"],
  ] as const) {
    const files = dependency[part] ?? [];
    for (const file of Array.isArray(files) ? files : [files]) {
      const address: unknown = isObject(file) ? file[key] : file;
      if (typeof address !== "string") return `has a ${part} without an address`;
    }
  }
  return undefined;
}
