/** Renders the htmltools dependencies that come with a comm's open. */
import type { ShinyRuntime } from "./runtime.js";

/** What RequireJS is told by `require.config(…)`, as far as it matters here. */
export interface AmdConfig {
  paths?: Record<string, string | string[]>;
}

/** A script whose whole text is one call of `require.config` with JSON in it. */
const CONFIG_CALL =
  /^\s*<script[^>]*>\s*(?:window\.)?require(?:js)?\.config\((\{.*\})\);?\s*<\/script>\s*$/s;

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
