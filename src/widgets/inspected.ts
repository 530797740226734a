/** The types between the client and the inspector. */
import type { ErrorLog } from "../comm/error-log.js";
import type { PacedTransport } from "../connection/paced-transport.js";
import type { SharedConnection } from "../connection/shared-page.js";
import type { ShinyRuntime } from "../shiny/runtime.js";
import type { ShinyWidgetManager } from "./manager/widget-manager.js";
import type { ModuleRegistry } from "./modules/module-registry.js";

/** The parts of the client that the inspector reads. */
export interface Inspected {
  /** The page's connection, made by any copy of the package. */
  readonly connection: SharedConnection;
  readonly widgets: ShinyWidgetManager;
  readonly modules: ModuleRegistry;
  readonly transport: PacedTransport;
  /** The errors of all copies of the package. */
  readonly errors: ErrorLog;
  /** Returns Shiny's runtime, once Shiny is on the page. */
  readonly runtime: () => ShinyRuntime | undefined;
}

/** An open inspector. */
export interface Inspector {
  /** Returns a report as JSON, for a bug report; with `values`, it includes the values of models. */
  report(options?: { values?: boolean }): Promise<string>;
  /** Removes the inspector and its listeners from the page. */
  close(): void;
}
