/** The script-tag entry: connects to Shiny while the page is parsed, and loads the widgets' client. */

import type { Comm } from "../comm/comm.js";
import { asError, CommError, logError, messageOf } from "../comm/errors.js";
import { type CommOpenMessage, STATES, WIDGET_TARGETS } from "../comm/messages.js";
import { reportError } from "../connection/on-error.js";
import { pageConnection } from "../connection/page-connection.js";
import { type SharedConnection, type SharedPage, sharedPage } from "../connection/shared-page.js";
import { registerOutputBinding } from "../shiny/output-binding.js";
import { shinyQueueDrained, shinyRuntime, whenShiny } from "../shiny/runtime.js";
import { SocketInterceptor } from "../shiny/socket-interceptor.js";
import type { startWidgets, WidgetClient } from "../widgets/client.js";
import { type ChunkLoader, chunkLoader } from "./chunks.js";
import { PendingOutputs } from "./pending-outputs.js";
import { preloadModule, scriptFolder } from "./preload.js";

export { scriptExports } from "./chunks.js";

/** The exports of the client's chunk. */
interface ClientModule {
  readonly startWidgets: typeof startWidgets;
}

main();

function main(): void {
  let page: SharedPage;
  try {
    page = sharedPage();
  } catch (error) {
    failOutputs(error);
    return;
  }
  // A second copy of this script does nothing.
  if (page.script) return;
  page.script = true;

  const chunks = chunkLoader(`${scriptFolder()}chunks/`);
  const connection = pageConnection((options) => new SocketInterceptor(options));
  connection.join();
  const outputs = new PendingOutputs(connection.session);
  whenShiny((shiny) => void registerOutputBinding(shiny, outputs));

  const client = loadClient(chunks, connection);
  client.then(
    (loaded) => outputs.flushTo(loaded.outputs),
    (cause: unknown) => {
      outputs.fail();
      reportError(
        new CommError("CLIENT_LOAD", `The client could not be loaded: ${messageOf(cause)}`, {
          cause,
        }),
      );
    },
  );
  openWhenLoaded(connection, client, chunks);
  document.addEventListener("DOMContentLoaded", () => {
    if (shinyRuntime() || document.querySelector(STATES)) return;
    reportError(new CommError("NOT_CONNECTED", "There is no Shiny on this page."));
  });
}

async function loadClient(
  chunks: ChunkLoader,
  connection: SharedConnection,
): Promise<WidgetClient> {
  // Dynamic UI brings this script in the middle of a session.
  const isLate = shinyRuntime()?.shinyapp !== undefined;
  chunks.preload("start");
  // The chunks run while the server starts the session.
  await pageParsed();
  await connection.session.connected();
  const { startWidgets } = (await chunks.load("start")) as ClientModule;
  // Messages may be pending for widgets of outputs that Shiny has not bound yet.
  if (isLate) await shinyQueueDrained();
  return startWidgets(connection);
}

/** Shows in all outputs that the client cannot be loaded: another version of the package owns the page. */
function failOutputs(error: unknown): void {
  const outputs = new PendingOutputs();
  outputs.fail();
  whenShiny((shiny) => void registerOutputBinding(shiny, outputs));
  logError(asError(error));
}

/** Registers targets that open widgets once the client has loaded. The client then replaces them. */
function openWhenLoaded(
  connection: SharedConnection,
  client: Promise<WidgetClient>,
  chunks: ChunkLoader,
): void {
  const target = (comm: Comm, message: CommOpenMessage): Promise<unknown> => {
    preloadModule(chunks, message.content.data.state);
    return client.then(
      ({ open }) => (comm.closed ? undefined : open(comm, message)),
      // The load error was reported; further messages of this comm have no receiver.
      () => comm.close(),
    );
  };
  for (const name of WIDGET_TARGETS) connection.register_target(name, target);
}

async function pageParsed(): Promise<void> {
  if (document.readyState === "loading")
    await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));
}
