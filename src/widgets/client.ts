/** The widgets' client: opens widgets for the comms of the page's connection, and shows them in outputs. */
import "./patches/base/index.js";
import type { Comm } from "../comm/comm.js";
import { ErrorLog } from "../comm/error-log.js";
import { jupyterComm } from "../comm/jupyter-comm.js";
import { type CommOpenMessage, STATES, WIDGET_TARGETS } from "../comm/messages.js";
import { onError, reportError } from "../connection/on-error.js";
import { PacedTransport } from "../connection/paced-transport.js";
import { type SharedConnection, sharedPage } from "../connection/shared-page.js";
import { checkHtmlDependencies, renderHtmlDependencies } from "../shiny/html-dependencies.js";
import type { OutputSink } from "../shiny/output-binding.js";
import { shinyRuntime } from "../shiny/runtime.js";
import { installInspector } from "./inspect.js";
import type { Inspector } from "./inspected.js";
import { ShinyWidgetManager } from "./manager/widget-manager.js";
import { bundledModules } from "./modules/bundled.js";
import { ModuleRegistry } from "./modules/module-registry.js";
import { stylesheetsFollowBase } from "./styles/link.js";
import { watchIcons } from "./views/icons.js";
import { OutputSlots } from "./views/output-slots.js";

export interface WidgetClient {
  /** Opens the widget of a comm. */
  open(comm: Comm, message: CommOpenMessage): Promise<unknown>;
  /** Receives values and errors of outputs. */
  readonly outputs: OutputSink;
  readonly connection: SharedConnection;
  readonly widgets: ShinyWidgetManager;
  readonly modules: ModuleRegistry;
  /** Opens the inspector, which is loaded on demand, or returns the open one. */
  inspect(): Promise<Inspector>;
  /** Closes all widgets, and removes the client from the page. */
  stop(): void;
}

/** The key of the client on `globalThis`, for tests and for debugging in the console. */
const CLIENT = Symbol.for("shiny-comm");

/** Starts the widgets' client on a connection. */
export function startWidgets(connection: SharedConnection): WidgetClient {
  const { sender, session } = connection;
  const errors = new ErrorLog();
  // Some widgets build addresses below /nbextensions from this attribute, when their modules run.
  document.body.dataset.baseUrl ??= "";

  const modules = new ModuleRegistry(bundledModules, sharedPage().modules, session);
  const widgets = new ShinyWidgetManager({
    modules,
    onError: reportError,
    openComm: (target_name, options) => connection.openComm(target_name, options),
  });
  const transport = new PacedTransport({ sender, session, onError: reportError });
  const slots = new OutputSlots(widgets);
  const inspection = installInspector({
    connection,
    widgets,
    modules,
    transport,
    errors,
    runtime: shinyRuntime,
  });
  const undos = [
    onError(({ error }) => errors.note(error)),
    watchIcons(),
    session.on("open", stylesheetsFollowBase()),
    session.on("reset", () => {
      // Outputs measure their views first. Comms close before the remaining models: views may save as they are
      // removed, and a closing comm sends nothing.
      slots.expectSession();
      connection.closeAll();
      void widgets.closeAll();
    }),
  ];

  const client: WidgetClient = {
    connection,
    widgets,
    modules,
    inspect: inspection.inspect,
    outputs: slots,
    open(comm, message) {
      const { html_deps } = message.content;
      try {
        checkHtmlDependencies(message.content);
      } catch (error) {
        comm.close();
        throw error;
      }
      const ready =
        html_deps.length > 0
          ? renderHtmlDependencies(shinyRuntime(), html_deps, modules)
          : undefined;
      return widgets.open(jupyterComm(comm), message, ready);
    },
    stop() {
      for (const undo of undos) undo();
      inspection.stop();
      slots.dispose();
      transport.dispose();
      connection.closeAll();
      void widgets.closeAll();
    },
  };
  connection.setTransport(transport);
  for (const name of WIDGET_TARGETS) undos.push(connection.register_target(name, client.open));
  Object.defineProperty(globalThis, CLIENT, { value: client, configurable: true });
  if (document.querySelector(STATES)) {
    import("./document.js").then(({ showDocument }) => showDocument(modules)).catch(reportError);
  }
  return client;
}
