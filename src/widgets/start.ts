/** Puts the parts together: from the Shiny runtime's messages to widgets in their outputs. */
import "./upstream.js";
import { ShinyCommManager } from "../comm/comm-manager.js";
import { logError, type OnError } from "../comm/errors.js";
import { WIDGET_TARGETS } from "../comm/messages.js";
import type { ShinySink } from "../shiny/connect.js";
import { renderHtmlDependencies } from "../shiny/dependencies.js";
import { shinyRuntime } from "../shiny/runtime.js";
import { ShinyTransport } from "../shiny/transport.js";
import { bundledModules } from "./bundled.js";
import { ModuleRegistry } from "./module-registry.js";
import { OutputSlots } from "./output-slot.js";
import { ShinyWidgetManager } from "./widget-manager.js";

export interface WidgetClient {
  readonly sink: ShinySink;
  readonly comms: ShinyCommManager;
  readonly widgets: ShinyWidgetManager;
  readonly modules: ModuleRegistry;
  /** Closes everything and lets go of the page. */
  stop(): void;
}

/** Where a page's client can be found: `window[Symbol.for("shiny-comm")]`. */
const CLIENT = Symbol.for("shiny-comm");

/** Starts the widgets' client; what comes from Shiny goes into its `sink`. */
export function startWidgets({ onError = logError }: { onError?: OnError } = {}): WidgetClient {
  // Some widgets build addresses below /nbextensions from this attribute, as their modules run.
  document.body.dataset.baseUrl ??= "";

  const modules = new ModuleRegistry(bundledModules);
  const transport = new ShinyTransport({ runtime: shinyRuntime, onError });
  const comms = new ShinyCommManager({ transport, onError });
  const widgets = new ShinyWidgetManager({ modules, onError });
  const slots = new OutputSlots(widgets, onError);
  const unlisten = transport.listen();

  for (const target of WIDGET_TARGETS) {
    comms.register_target(target, (comm, message) => {
      const { html_deps } = message.content;
      const ready =
        html_deps.length > 0
          ? renderHtmlDependencies(shinyRuntime(), html_deps, (config) => modules.configure(config))
          : undefined;
      return widgets.open(comm, message, ready);
    });
  }

  const client: WidgetClient = {
    comms,
    widgets,
    modules,
    sink: {
      message: (kind, payload) => comms.receive(kind, payload),
      render: (el, value) => slots.render(el, value),
      clear: (el) => slots.clear(el),
      sessionBegins() {
        slots.expectSession();
        // It knows none of the old one's comms. They close first: views may save as they are removed.
        comms.close_all();
        void widgets.close_all();
      },
    },
    stop() {
      unlisten();
      slots.dispose();
      comms.close_all();
      void widgets.close_all();
    },
  };
  // For those who look into a page that misbehaves, and for tests.
  Object.defineProperty(globalThis, CLIENT, { value: client, configurable: true });
  return client;
}
