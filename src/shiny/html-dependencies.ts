/** Renders the htmltools dependencies that come with a comm's open. */

import { CommError } from "../comm/errors.js";
import type { CommOpenContent } from "../comm/messages.js";
import { isObject } from "../util/object.js";
import type { ShinyRuntime } from "./runtime.js";

/** What RequireJS is told by `require.config(…)`, as far as it matters here. */
export interface AmdConfig {
  paths?: Record<string, string | string[]>;
}

/** A script whose whole text is one call of `require.config` with JSON in it. */
const CONFIG_CALL =
  /^\s*<script[^>]*>\s*(?:window\.)?require(?:js)?\.config\((\{.*\})\);?\s*<\/script>\s*$/s;

/**
 * Checks the dependencies of an open: Shiny takes them as they are.
 *
 * @throws {CommError} `DECODE` naming the comm and what is wrong
 */
export function checkHtmlDependencies({ comm_id, html_deps }: CommOpenContent): void {
  for (const [index, dependency] of html_deps.entries()) {
    const wrong = wrongIn(dependency);
    if (wrong === undefined) continue;
    throw new CommError(
      "DECODE",
      `cannot decode comm_open for comm ${comm_id}: content.html_deps[${index}] ${wrong}`,
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
 * Widgets that ship as AMD come as a dependency whose `head` is a script calling
 * `window.require.config(…)`. Such a script is read instead of run: there need not be a RequireJS
 * on the page, and a strict Content-Security-Policy forbids scripts in the page.
 */
export async function renderHtmlDependencies(
  shiny: ShinyRuntime | undefined,
  dependencies: readonly unknown[],
  onAmdConfig: (config: AmdConfig) => void,
): Promise<void> {
  const rest: unknown[] = [];
  for (const dependency of dependencies) {
    const config = amdConfigOf(dependency);
    if (config) {
      onAmdConfig(config);
      if (hasFiles(dependency)) rest.push({ ...(dependency as object), head: null });
    } else {
      rest.push(dependency);
    }
  }
  if (rest.length === 0 || !shiny) return;
  if (shiny.renderDependenciesAsync) await shiny.renderDependenciesAsync(rest);
  else shiny.renderDependencies?.(rest);
}

function amdConfigOf(dependency: unknown): AmdConfig | undefined {
  const head = (dependency as { head?: unknown } | null)?.head;
  const text = typeof head === "string" ? head : undefined;
  const json = text === undefined ? undefined : CONFIG_CALL.exec(text)?.[1];
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json) as AmdConfig;
  } catch {
    return undefined;
  }
}

function hasFiles(dependency: unknown): boolean {
  const { script, stylesheet, meta } = dependency as Record<string, unknown>;
  return [script, stylesheet, meta].some((part) =>
    Array.isArray(part) ? part.length > 0 : part !== undefined && part !== null,
  );
}

/** What is wrong with an htmltools dependency, if anything is. */
function wrongIn(dependency: unknown): string | undefined {
  if (!isObject(dependency)) return "is not an object";
  const { name, src, head } = dependency;
  if (typeof name !== "string" || name === "" || name === "__proto__") return "has no name";
  if (src !== undefined && src !== null && !isObject(src)) return "has a src that is no object";
  if ([head ?? ""].flat().some((part) => typeof part !== "string"))
    return "has a head that is no text";
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
