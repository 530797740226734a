/** The script-tag entry: registers with Shiny while it is parsed, keeps what arrives, and loads the rest. */

import { LOADING_CLASS, showLoading } from "./loading.js";
import { retried } from "./retry.js";
import { connectShiny, type ShinySink } from "./shiny/connect.js";
import { shinyRuntime } from "./shiny/runtime.js";
import type { WidgetClient } from "./widgets/start.js";

/** Set by the build: the chunk to import, and all that it imports in turn. */
declare const RUNTIME_CHUNK: string;
declare const PRELOAD_CHUNKS: readonly string[];
/** Set by the build: for each bundled widget module its chunk, and all that this imports in turn. */
declare const MODULE_CHUNKS: Readonly<Record<string, readonly string[]>>;

interface ClientModule {
  startWidgets(): WidgetClient;
}

/** Marks the page, so that a second copy of this script leaves it alone. */
const MARK = Symbol.for("shiny-comm.script");

main();

function main(): void {
  const page = globalThis as unknown as Record<symbol, unknown>;
  if (page[MARK]) return;
  page[MARK] = true;

  const base = scriptFolder();
  const client = loadClient(base);
  const sink = preloadModules(base, holdUntil(client));
  if (connect(sink)) return;
  // The tag stands before Shiny's own. Shiny starts its session after this event.
  document.addEventListener("DOMContentLoaded", () => {
    if (!connect(sink)) {
      console.error("[shiny-comm] There is no Shiny on this page, so no widget will be shown.");
    }
  });
}

function connect(sink: ShinySink): boolean {
  const shiny = shinyRuntime();
  if (shiny) connectShiny(shiny, sink);
  return shiny !== undefined;
}

/** The folder of this script; the chunks are beside it. */
function scriptFolder(): string {
  const current = document.currentScript;
  // Shiny's older way of loading dependencies runs scripts by their text; then there is no current one.
  const script =
    current instanceof HTMLScriptElement && current.src
      ? current
      : document.querySelector<HTMLScriptElement>('script[src*="shiny-comm.js"]');
  const link = document.querySelector<HTMLLinkElement>('link[href*="shiny-comm.css"]');
  return new URL(".", script?.src ?? link?.href ?? document.baseURI).href;
}

async function loadClient(base: string): Promise<WidgetClient> {
  preload(base, PRELOAD_CHUNKS);
  if (!document.body) {
    await new Promise((resolve) => {
      document.addEventListener("DOMContentLoaded", resolve, { once: true });
    });
  }
  const { startWidgets } = await retried(
    () => import(base + RUNTIME_CHUNK) as Promise<ClientModule>,
  );
  return startWidgets();
}

/** Begins to load chunks, all at once: each would be found out only when the one before has come. */
function preload(base: string, chunks: readonly string[]): void {
  for (const chunk of chunks) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = base + chunk;
    document.head.append(link);
  }
}

/**
 * A sink that begins to load a widget module when the first message names it, which is long before
 * a model asks for it.
 */
function preloadModules(base: string, sink: ShinySink): ShinySink {
  const unseen = new Map(Object.entries(MODULE_CHUNKS));
  return {
    ...sink,
    message(kind, payload) {
      if (unseen.size > 0 && kind === "comm_open" && typeof payload === "string") {
        for (const [name, chunks] of unseen) {
          if (!payload.includes(`"${name}"`)) continue;
          unseen.delete(name);
          preload(base, chunks);
        }
      }
      sink.message(kind, payload);
    },
  };
}

/** A sink that keeps everything, in order, until the client is there. */
function holdUntil(client: Promise<WidgetClient>): ShinySink {
  let sink: ShinySink | undefined;
  const held: ((sink: ShinySink) => void)[] = [];
  const waiting = new Set<HTMLElement>();
  const put = (deliver: (sink: ShinySink) => void): void => {
    if (sink) deliver(sink);
    else held.push(deliver);
  };
  client.then(
    (started) => {
      sink = started.sink;
      waiting.clear();
      for (const deliver of held.splice(0)) deliver(sink);
    },
    (error: unknown) => {
      held.length = 0;
      for (const el of waiting) {
        el.querySelector(`.${LOADING_CLASS}`)?.remove();
        el.append("The client for widgets (shiny-comm) could not be loaded.");
      }
      console.error("[shiny-comm] The client could not be loaded.", error);
    },
  );
  return {
    message: (kind, payload) => put((to) => to.message(kind, payload)),
    render(el, value) {
      if (!sink && value !== null) {
        waiting.add(el);
        showLoading(el);
      }
      put((to) => to.render(el, value));
    },
    clear: (el) => put((to) => to.clear(el)),
    sessionBegins() {
      held.length = 0;
      sink?.sessionBegins();
    },
  };
}
