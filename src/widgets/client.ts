/** Puts the parts together: from the comms of the page's connection to widgets in their outputs. */
import "./patches/upstream.js";
import type { JupyterComm, JupyterCommTarget } from "../comm/comm.js";
import { ErrorLog } from "../comm/error-log.js";
import type { CommOpenMessage } from "../comm/messages.js";
import { ShinyComms } from "../connection/comms.js";
import type { PageLink } from "../connection/link.js";
import { onError, reportError } from "../connection/on-error.js";
import { ShinyTransport } from "../connection/paced-transport.js";
import { type PageComms, sharedPage } from "../connection/shared-page.js";
import { checkHtmlDependencies, renderHtmlDependencies } from "../shiny/html-dependencies.js";
import type { OutputSink } from "../shiny/output-binding.js";
import { shinyRuntime } from "../shiny/runtime.js";
import { type Inspector, inspectable } from "./inspect.js";
import { ShinyWidgetManager } from "./manager/widget-manager.js";
import { bundledModules } from "./modules/bundled.js";
import { ModuleRegistry } from "./modules/module-registry.js";
import { watchIcons } from "./views/icons.js";
import { OutputSlots } from "./views/output-slots.js";

export interface WidgetClient {
  /** Takes what the server opens for the targets of widgets. */
  readonly target: JupyterCommTarget;
  /** Takes what Shiny has to say of outputs. */
  readonly outputs: OutputSink;
  readonly comms: PageComms["manager"];
  readonly widgets: ShinyWidgetManager;
  readonly modules: ModuleRegistry;
  /** Opens the inspector, which is loaded only then, or finds the open one. */
  inspect(): Promise<Inspector>;
  /** Closes everything and lets go of the page. */
  stop(): void;
}

/** Where those who look into a page, and tests, find its client: `window[Symbol.for("shiny-comm")]`. */
const CLIENT = Symbol.for("shiny-comm");

/** Starts the widgets' client, for comms that are there. */
export function startWidgets(comms: PageComms): WidgetClient {
  const errors = new ErrorLog();
  const forgetErrors = onError((error) => errors.note(error));
  // Some widgets build addresses below /nbextensions from this attribute, as their modules run.
  document.body.dataset.baseUrl ??= "";

  const modules = new ModuleRegistry(bundledModules, sharedPage().modules);
  const widgets = new ShinyWidgetManager({ modules, onError: reportError });
  const transport = comms.pace((outlet) => new ShinyTransport({ outlet, onError: reportError }));
  const slots = new OutputSlots(widgets, reportError);
  const unwatchIcons = watchIcons();
  const unlisten = comms.onSession({
    // Comms close between these two: views may save as they are removed.
    ending: () => slots.expectSession(),
    ended: () => void widgets.closeAll(),
  });

  const inspection = inspectable({
    comms: comms.manager,
    widgets,
    modules,
    transport,
    errors,
    runtime: shinyRuntime,
  });

  const client: WidgetClient = {
    comms: comms.manager,
    widgets,
    modules,
    inspect: inspection.inspect,
    outputs: slots,
    target(comm: JupyterComm, message: CommOpenMessage) {
      const { html_deps } = message.content;
      try {
        checkHtmlDependencies(message.content);
      } catch (error) {
        comm.close();
        throw error;
      }
      const ready =
        html_deps.length > 0
          ? renderHtmlDependencies(shinyRuntime(), html_deps, (config) => modules.configure(config))
          : undefined;
      return widgets.open(comm, message, ready);
    },
    stop() {
      unlisten();
      unwatchIcons();
      inspection.stop();
      slots.dispose();
      comms.stop();
      void widgets.closeAll();
      forgetErrors();
    },
  };
  Object.defineProperty(globalThis, CLIENT, { value: client, configurable: true });
  return client;
}

/** Gives the page's connection its comms. */
export function startComms(link: PageLink): void {
  link.serve(new ShinyComms({ runtime: shinyRuntime, onError: reportError }));
}
