/** The script-tag entry: registers with Shiny while it is parsed, keeps what arrives, and loads the rest. */

import { type ChunkLoader, chunkLoader } from "./chunks.js";
import { CommError, messageOf } from "./comm/errors.js";
import { parsedIn, WIDGET_TARGETS } from "./comm/messages.js";
import { PageLink } from "./connection/link.js";
import { reportError } from "./connection/on-error.js";
import { type MessageSink, type PageComms, sharedPage } from "./connection/shared-page.js";
import { showLoading } from "./loading.js";
import { connectOutputs, connectShiny } from "./shiny/message-handlers.js";
import type { OutputSink } from "./shiny/output-binding.js";
import { shinyDone, shinyRuntime, whenConnected, whenShiny } from "./shiny/runtime.js";
import { retried } from "./util/retry.js";
import type { WidgetClient } from "./widgets/client.js";

/** The chunks of the bundled widget modules; of the controls, the part that most pages need. */
const MODULE_CHUNKS = {
  "@jupyter-widgets/controls": "controls-core",
  "@jupyter-widgets/output": "output-widget",
  anywidget: "anywidget",
};

/** The exports of the chunk that starts the client. */
interface ClientModule {
  startComms(link: PageLink): void;
  startWidgets(comms: PageComms): WidgetClient;
}

/** Where things go once they can be taken. */
interface Takers {
  /** Not there when the client cannot be loaded. */
  readonly widgets?: WidgetClient;
  /** Of the connection, where it is this script's own. */
  readonly messages: MessageSink | undefined;
}

/** What a client that has been loaded takes. */
type Client = Required<Takers>;

/** How long a message waits for a package that takes it, once the client could not be loaded, in ms. */
const TAKER_WAIT_MS = 10_000;

main();

function main(): void {
  const page = sharedPage();
  // A second copy of this script leaves the page alone.
  if (page.script) return;
  page.script = true;

  const chunks = chunkLoader(`${scriptFolder()}chunks/`);
  // Who came before has a connection with comms; what is for widgets waits there.
  const there = page.connection?.comms;
  const own = there ? undefined : new PageLink(() => undefined);
  const link = own ?? page.connection;
  if (own) page.connection = own;
  link?.join();

  const client = loadClient(chunks, there, own);
  const named = modulePreload(chunks);
  const held = holdUntil(client, own, named);
  there?.onSession({ ending: held.drop, ended: () => undefined });
  let started: WidgetClient | undefined;
  void client.then(
    ({ widgets }) => {
      started = widgets;
    },
    () => undefined,
  );
  for (const name of WIDGET_TARGETS) {
    link?.register_target(name, (comm, message) => {
      named(message.content.data.state);
      return started
        ? started.target(comm, message)
        : client.then(
            ({ widgets }) => widgets.target(comm, message),
            // It was reported, and nothing will ever take what is sent on this comm.
            () => comm.close(),
          );
    });
  }
  whenShiny((shiny) => {
    if (!own) connectOutputs(shiny, held.outputs);
    else connectShiny(shiny, { ...held.messages, ...held.outputs });
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (shinyRuntime()) return;
    reportError(
      new CommError("NOT_CONNECTED", "There is no Shiny on this page, so no widget will be shown."),
    );
  });
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

async function loadClient(
  chunks: ChunkLoader,
  there: PageComms | undefined,
  own: PageLink | undefined,
): Promise<Client> {
  chunks.preload("start");
  // To run them takes as long as the server takes to begin the session.
  await whenConnected();
  const { startComms, startWidgets } = await retried(
    () => chunks.load("start") as Promise<ClientModule>,
  );
  if (own) startComms(own);
  const comms = there ?? own?.comms;
  if (!comms) throw new CommError("NOT_CONNECTED", "the connection has no comms");
  // What waits in a connection that was there first is for outputs, too, that Shiny has yet to bind.
  if (there) await shinyDone();
  return { messages: own && comms.sink, widgets: startWidgets(comms) };
}

/** It stands near the beginning of a model's open; looking through all of a long one takes longer. */
const MODEL_MODULE = /"_model_module": ?"([^"]+)"/;

/** As much of an open as is looked at before it is checked. */
interface Open {
  readonly content?: { readonly data?: { readonly state?: unknown } };
}

/** Begins to load a widget module, with all that it imports in turn, when a model's state first names it. */
type NameModule = (state: unknown) => void;

/** @returns what takes states, and opens that have not been parsed */
function modulePreload(chunks: ChunkLoader): NameModule {
  const unseen = new Map(Object.entries(MODULE_CHUNKS));
  return (state) => {
    if (unseen.size === 0) return;
    const name =
      typeof state === "string"
        ? MODEL_MODULE.exec(state)?.[1]
        : (state as { _model_module?: unknown } | null | undefined)?._model_module;
    const chunk = typeof name === "string" ? unseen.get(name) : undefined;
    if (!chunk) return;
    chunks.preload(chunk);
    unseen.delete(name as string);
  };
}

/**
 * Sinks that keep everything, in order, until it can be taken; what is kept names modules already.
 *
 * Where the client cannot be loaded, the comms of a package take the messages, if there is one.
 */
function holdUntil(client: Promise<Client>, own: PageLink | undefined, named: NameModule) {
  let there: Takers | undefined;
  let failed = false;
  /** Each with whether it is a message. */
  const held = new Map<(takers: Takers) => void, boolean>();
  const waiting = new Set<HTMLElement>();
  const expire = (deliver: (takers: Takers) => void): void => {
    setTimeout(() => held.delete(deliver), TAKER_WAIT_MS);
  };
  const put = (deliver: (takers: Takers) => void, isMessage = false): void => {
    if (there) {
      deliver(there);
      return;
    }
    held.set(deliver, isMessage);
    if (failed && isMessage) expire(deliver);
  };
  const drop = (): void => held.clear();
  const start = (takers: Takers): void => {
    there = takers;
    waiting.clear();
    for (const deliver of held.keys()) deliver(takers);
    drop();
  };
  const showFailure = (el: HTMLElement): void =>
    el.replaceChildren("The client for widgets (shiny-comm) could not be loaded.");
  client.then(start, (cause: unknown) => {
    failed = true;
    for (const el of waiting) showFailure(el);
    waiting.clear();
    reportError(
      new CommError("CLIENT_LOAD", `The client could not be loaded: ${messageOf(cause)}`, {
        cause,
      }),
    );
    for (const [deliver, isMessage] of held) if (isMessage) expire(deliver);
    void own?.takeOffers().then(({ sink }) => start({ messages: sink }));
  });
  const messages: MessageSink = {
    message(kind, payload) {
      if (there) return there.messages?.message(kind, payload);
      if (kind === "comm_open") {
        const { parsed } = parsedIn(payload) ?? {};
        named(parsed ? (parsed as Open).content?.data?.state : payload);
      }
      put(({ messages: to }) => to?.message(kind, payload), true);
    },
    server: (announcement) => put(({ messages: to }) => to?.server?.(announcement)),
    sessionBegins() {
      drop();
      there?.messages?.sessionBegins();
    },
    sessionEnds: () => put(({ messages: to }) => to?.sessionEnds?.()),
  };
  const outputs: OutputSink = {
    render(el, value) {
      if (failed) return value === null ? el.replaceChildren() : showFailure(el);
      if (!there && value !== null) {
        waiting.add(el);
        showLoading(el);
      }
      put(({ widgets }) => widgets?.outputs.render(el, value));
    },
    clear: (el) => put(({ widgets }) => widgets?.outputs.clear(el)),
  };
  return { messages, outputs, drop };
}
