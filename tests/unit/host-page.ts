/** A page whose Shiny has the socket of a host: Shiny's dispatch, the client and the server's session are the package's. */
import { afterEach, vi } from "vitest";
import type { Comm } from "../../src/comm/comm.js";
import { SERVER_HANDLER } from "../../src/comm/messages.js";
import { PageConnection } from "../../src/connection/page-connection.js";
import { type CommMsgMessage, onError } from "../../src/index.js";
import type { PageJQuery, ShinyEvent, ShinyPort } from "../../src/shiny/runtime.js";
import { SocketInterceptor } from "../../src/shiny/socket-interceptor.js";
import { createDocument, createJQuery } from "../../src/testing/page.js";
import { ServerComm } from "../../src/testing/server-comm.js";
import { ServerSession } from "../../src/testing/server-session.js";
import { InMemoryApp, type InMemorySocket } from "../../src/testing/shiny-app.js";
import type { HostSocket } from "./host-sockets.js";

const undos: (() => void)[] = [];
afterEach(() => {
  for (const undo of undos.splice(0).reverse()) undo();
  vi.unstubAllGlobals();
});

export interface HostPageOptions {
  /** Makes the socket of each session. */
  createSocket: () => HostSocket;
  /** Whether the server's announcement recommends a probe, as in Shinylive. */
  recommendsProbe?: boolean;
  /** Whether the page has the widgets' client, which intercepts frames. */
  intercepts?: boolean;
}

export type HostPage = ReturnType<typeof hostPage>;

/** Waits until an assertion holds. */
export const waitFor = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { interval: 2, timeout: 30_000 });

/** Starts the page, and its first session. */
export function hostPage({
  createSocket,
  recommendsProbe = false,
  intercepts = true,
}: HostPageOptions) {
  const errors: unknown[] = [];
  /** The frames that Shiny dispatched. */
  const dispatched: unknown[] = [];
  /** The events of Shiny, by name. */
  const events: string[] = [];
  const messages: CommMsgMessage[] = [];
  const opened: Comm[] = [];
  const closed: string[] = [];
  let socket = undefined as unknown as HostSocket;
  let session = undefined as unknown as ServerSession;
  let number = 0;

  const pageDocument = createDocument();
  vi.stubGlobal("document", pageDocument);
  const jQuery = jQueryWithStore();
  vi.stubGlobal("jQuery", jQuery);
  undos.push(
    onError((report) => {
      report.preventDefault();
      errors.push(report.error);
    }),
  );

  const handlers = new Map<string, (payload: unknown) => unknown>();
  const app = new InMemoryApp({
    createSocket() {
      number += 1;
      socket = createSocket();
      socket.connect((send, hangUp) => {
        session = new ServerSession({
          number,
          send,
          hangUp,
          opens: true,
          binaryFrames: true,
          batches: true,
          onError: (error) => void errors.push(error),
          onSession(begun) {
            const announcement = { version: 1, opens: true, probe: true };
            if (recommendsProbe) begun.sendCustomMessage(SERVER_HANDLER, announcement);
          },
        });
        return session;
      });
      return socket as unknown as InMemorySocket;
    },
    trigger(type, properties = {}) {
      events.push(type);
      const event = jQuery.Event(type, properties);
      jQuery(pageDocument).trigger(event);
      return event;
    },
    async customMessage(custom) {
      for (const [type, payload] of Object.entries(custom)) await handlers.get(type)?.(payload);
    },
    sessionInitialized: () => undefined,
    onError: (error) => void errors.push(error),
  });
  const dispatch = app.dispatchMessage.bind(app);
  app.dispatchMessage = (data) => {
    dispatched.push(data);
    return dispatch(data);
  };
  const runtime: ShinyPort = {
    addCustomMessageHandler: (type, handler) => void handlers.set(type, handler),
    setInputValue: (name, value) => app.sendInput({ [name]: value }),
    shinyapp: app,
  };
  const connection = new PageConnection({
    runtime: () => runtime,
    whenRuntime(callback) {
      callback(runtime);
      return () => undefined;
    },
    onEnd: () => undefined,
    interceptFrames: intercepts ? (options) => new SocketInterceptor(options) : undefined,
  });
  const leave = connection.join();
  undos.push(leave);
  connection.register_target("chart", (comm) => {
    opened.push(comm);
    comm.on_msg((message) => void messages.push(message));
    comm.on_close(() => void closed.push(comm.comm_id));
  });
  app.connect({});

  return {
    app,
    connection,
    /** Closes the page's connection. */
    leave,
    errors,
    dispatched,
    events,
    messages,
    opened,
    closed,
    jQuery: jQuery as unknown as PageJQuery,
    get socket() {
      return socket;
    },
    get session() {
      return session;
    },
    /** Opens a comm on the server. */
    open: (comm_id: string, data: object = {}) =>
      new ServerComm({
        comm_id,
        commManager: session.comms,
        target_name: "chart",
        data: { ...data },
      }),
    /** Waits until a session is open, and the server knows the page's version of frames. */
    async begun(version: number) {
      await waitFor(() => {
        const isOpen = session && !session.ended && events.includes("shiny:idle");
        if (!isOpen || session.frameVersion !== version) {
          throw new Error(`expected version ${version}, got ${session?.frameVersion}`);
        }
      });
    },
    /** Waits until the page has received a number of messages. */
    received: (count: number) =>
      waitFor(() => {
        if (messages.length < count) throw new Error(`got ${messages.length} messages of ${count}`);
      }),
  };
}

/** jQuery's events, with the store of listeners in which the client looks for other listeners. */
function jQueryWithStore(): ReturnType<typeof createJQuery> {
  const jQuery = createJQuery();
  const store = new Map<unknown, Map<string, { handler: object }[]>>();
  const listenersOf = (target: unknown, type: string) => {
    const types = store.get(target) ?? new Map<string, { handler: object }[]>();
    store.set(target, types);
    const listeners = types.get(type) ?? [];
    types.set(type, listeners);
    return listeners;
  };
  const $ = (target: unknown) => {
    const scope = jQuery(target);
    const { on, off } = scope;
    scope.on = (type, handler: (event: ShinyEvent & never) => void) => {
      listenersOf(target, type).push({ handler });
      return on.call(scope, type, handler);
    };
    scope.off = (type, handler) => {
      const listeners = listenersOf(target, type);
      listeners.splice(
        listeners.findIndex((each) => each.handler === handler),
        1,
      );
      return off.call(scope, type, handler);
    };
    return scope;
  };
  const _data = (target: unknown) => ({ events: Object.fromEntries(store.get(target) ?? []) });
  return Object.assign($, { Event: jQuery.Event, _data });
}
