/** Finds the client's folder, and preloads chunks of widget modules. */
import type { ChunkLoader } from "./chunks.js";

/** The chunks of the bundled widget modules; of the controls, the part that most pages need. */
const MODULE_CHUNKS = {
  "@jupyter-widgets/controls": "controls-core",
  "@jupyter-widgets/output": "output-widget",
  anywidget: "anywidget",
};

/** Returns the address of this script's folder, which has the chunks too. */
export function scriptFolder(): string {
  const current = document.currentScript;
  // Shiny before 1.8 runs the text of a dependency's script, which then is not the current script.
  const script =
    current instanceof HTMLScriptElement && current.src
      ? current
      : document.querySelector<HTMLScriptElement>('script[src*="shiny-comm.js"]');
  const link = document.querySelector<HTMLLinkElement>('link[href*="shiny-comm.css"]');
  return new URL(".", script?.src ?? link?.href ?? document.baseURI).href;
}

/** Returns a function that preloads the chunk of a bundled widget module when a model's state first names it. */
export function modulePreloader(chunks: ChunkLoader): (state: unknown) => void {
  const pending = new Map<unknown, string>(Object.entries(MODULE_CHUNKS));
  return (state) => {
    if (pending.size === 0) return;
    const { _model_module: name } = (state ?? {}) as { _model_module?: unknown };
    const chunk = pending.get(name);
    if (chunk === undefined) return;
    chunks.preload(chunk);
    pending.delete(name);
  };
}
