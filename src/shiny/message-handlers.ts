/** Registers the handlers of comm messages with the Shiny runtime, and keeps other clients from replacing them. */
import { FRAMES_INPUT, HANDLERS, type MessageKind, SERVER_HANDLER } from "../comm/messages.js";
import { OPEN, type ShinyPort, type ShinySocket } from "./runtime.js";
import type { Session } from "./session.js";
import { warnOfStockClient } from "./stock-client.js";

export interface MessageReceiver {
  /** Receives the payload of a comm message. */
  receive(kind: MessageKind, payload: unknown): void;
  /** Receives the server's announcement of its abilities. */
  announce(announcement: unknown): void;
}

/**
 * Registers the four handlers of comm messages.
 *
 * The stock client may be on the same page, before or after: its handlers are replaced or rejected, with
 * one warning.
 *
 * @returns the undo
 */
export function registerMessageHandlers(shiny: ShinyPort, receiver: MessageReceiver): () => void {
  let isRegistered = true;
  // Shiny rejects handlers that do not declare exactly one parameter.
  const handlers = new Map<string, (payload: unknown) => void>();
  for (const [kind, name] of Object.entries(HANDLERS) as [MessageKind, string][]) {
    handlers.set(name, (payload) => {
      if (isRegistered) receiver.receive(kind, payload);
    });
  }
  handlers.set(SERVER_HANDLER, (announcement) => {
    if (isRegistered) receiver.announce(announcement);
  });
  for (const [name, handler] of handlers) shiny.addCustomMessageHandler(name, handler);

  // In Shiny the newest handler of a name replaces the others, so later ones are rejected here.
  const add = shiny.addCustomMessageHandler;
  const guardedAdd: typeof add = function (this: unknown, type, handler) {
    const registered = handlers.get(type);
    if (isRegistered && registered && registered !== handler) warnOfStockClient(shiny);
    else add.call(this, type, handler);
  };
  shiny.addCustomMessageHandler = guardedAdd;
  return () => {
    isRegistered = false;
    if (shiny.addCustomMessageHandler === guardedAdd) shiny.addCustomMessageHandler = add;
  };
}

/** Intercepts the frames of comms on the socket of a session. */
export interface FrameInterceptor {
  /** The version of binary frames that the page supports on the socket. */
  readonly version: number;
  /** Ends with the session. */
  end(): void;
}

/**
 * Sends each session's server the version of binary frames that the page supports. Version 0 stands for none,
 * version 1 for frames through Shiny's own dispatch; higher versions need an interceptor.
 *
 * @returns the undo
 */
export function negotiateFrames(
  shiny: ShinyPort,
  session: Session,
  intercept?: (socket: ShinySocket) => FrameInterceptor,
): () => void {
  let interceptor: FrameInterceptor | undefined;
  const beginFrames = (): number => {
    const socket = shiny.shinyapp?.$socket;
    // A socket that a host provides instead of a WebSocket may carry texts alone.
    if (socket?.binaryType !== "arraybuffer") return 0;
    interceptor?.end();
    interceptor = intercept?.(socket);
    return interceptor?.version ?? 1;
  };
  // A session that is open has sent `init` already.
  if (shiny.shinyapp?.$socket?.readyState === OPEN) {
    const version = beginFrames();
    shiny.setInputValue?.(FRAMES_INPUT, version);
  }
  const undos = [
    session.on("open", () => {
      const version = beginFrames();
      // Shiny sends `init` with these inputs after the event.
      const initial = shiny.shinyapp?.$initialInput;
      if (initial) initial[FRAMES_INPUT] = version;
    }),
    session.on("closed", () => interceptor?.end()),
  ];
  return () => {
    for (const undo of undos) undo();
    interceptor?.end();
  };
}
