/** Finds the client's folder, and preloads chunks of widget modules. */
import type { ChunkLoader } from "./chunks.js";

/** The chunks of the bundled widget modules; of the controls, the part that most pages need. */
const MODULE_CHUNKS = new Map<unknown, string>([
  ["@jupyter-widgets/controls", "controls-core"],
  ["@jupyter-widgets/output", "output-widget"],
  ["anywidget", "anywidget"],
]);

/** Returns the address of this script's folder, which has the chunks too; an empty one in a document without other files. */
export function scriptFolder(): string {
  const current = document.currentScript as HTMLScriptElement | null;
  const url =
    current?.src ||
    // Shiny before 1.8 runs the text of a dependency's script, which then is not the current script.
    document.querySelector<HTMLScriptElement>('script[src*="shiny-comm.js"]')?.src ||
    document.querySelector<HTMLLinkElement>('link[href*="shiny-comm.css"]')?.href;
  return (url ?? "").replace(/[^/]*(\?.*)?$/, "");
}

/** Preloads the chunk of a bundled widget module, which a model's state names. */
export function preloadModule(chunks: ChunkLoader, state: unknown): void {
  const { _model_module: name } = (state ?? {}) as { _model_module?: unknown };
  const chunk = MODULE_CHUNKS.get(name);
  if (chunk) chunks.preload(chunk);
}
