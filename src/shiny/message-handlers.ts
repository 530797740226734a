/** Registers with the Shiny runtime: the message handlers and the output binding, and keeps them. */
import { FRAMES_INPUT, HANDLERS, type MessageKind, SERVER_HANDLER } from "../comm/messages.js";
import type { MessageSink } from "../connection/shared-page.js";
import { BINDING_NAME, type OutputSink, registerOutputBinding } from "./output-binding.js";
import {
  markIndifferent,
  OPEN,
  pageJQuery,
  type ShinyEvent,
  type ShinyPort,
  type ShinyRuntime,
  type ShinySocket,
} from "./runtime.js";
import { socketIntake } from "./socket-interceptor.js";

/** Takes all that comes from the Shiny runtime. */
export interface ShinySink extends OutputSink, MessageSink {}

/** Those of the messages of comms, by the names that Shiny knows them by. */
export type Handlers = ReadonlyMap<string, (payload: unknown) => void>;

/** Takes the comms' frames before Shiny does. */
export interface FrameIntake {
  /**
   * A session begins on a socket.
   *
   * @returns the version of binary frames that may come on it
   */
  begin(socket: ShinySocket): number;
  /** The session is over. */
  end(): void;
}

const KINDS = Object.keys(HANDLERS) as MessageKind[];

/**
 * Connects a sink to the runtime.
 *
 * The stock client may be on the same page, before or after: its handlers and its binding are
 * left without work, and `onRival` hears of it once.
 *
 * @returns the undo
 */
export function connectShiny(
  shiny: ShinyRuntime,
  sink: ShinySink,
  onRival: () => void = warnOfRival,
): () => void {
  const rival = once(onRival);
  const undos = [
    connectMessages(shiny, sink, rival, socketIntake),
    connectOutputs(shiny, sink, rival),
  ];
  return () => {
    for (const undo of undos) undo();
  };
}

/**
 * The half of {@link connectShiny} that comms need.
 *
 * @param makeIntake where the comms' frames are not to come as any custom message does
 * @returns the undo
 */
export function connectMessages(
  shiny: ShinyPort,
  sink: MessageSink,
  onRival: () => void = warnOfRival,
  makeIntake?: (shiny: ShinyPort, handlers: Handlers) => FrameIntake,
): () => void {
  let connected = true;
  /** Of this session, whether its server has announced itself, or is known not to. */
  let known = false;
  const rival = once(onRival);

  // Shiny refuses handlers that do not declare exactly one parameter.
  const handlers = new Map(
    KINDS.map((kind) => [
      HANDLERS[kind] as string,
      (payload: unknown): void => {
        if (connected) sink.message(kind, payload);
      },
    ]),
  );
  const intake = makeIntake?.(shiny, new Map(handlers));
  handlers.set(SERVER_HANDLER, (announcement: unknown): void => {
    known = true;
    if (connected) sink.server?.(announcement);
  });
  for (const [name, handler] of handlers) shiny.addCustomMessageHandler(name, handler);

  // A second handler of the same name replaces the first without a word, so none is let through.
  const add = shiny.addCustomMessageHandler;
  const guardedAdd: typeof add = function (this: unknown, type, handler) {
    const mine = handlers.get(type);
    if (connected && mine && mine !== handler) rival();
    else add.call(this, type, handler);
  };
  shiny.addCustomMessageHandler = guardedAdd;

  // Nothing of the old session may be sent from the moment on when there is a socket that would take
  // it. What the old one sent may still stand in Shiny's queue then; it is before the first frame
  // of the new one, which bears `config`.
  const $ = pageJQuery();
  /** The frame with `config` is still to come. */
  let begins = shiny.shinyapp?.$socket?.readyState !== OPEN;
  let follows = false;
  /** @returns the version of binary frames that may come on this session's socket: 0 when none may */
  const beginFrames = (): number => {
    const socket = shiny.shinyapp?.$socket;
    // In the place of a WebSocket some hosts have what takes texts alone.
    if (socket?.binaryType !== "arraybuffer") return 0;
    return intake?.begin(socket) ?? 1;
  };
  const onConnected = (): void => {
    const version = beginFrames();
    // `init`, which is sent next, tells the server whether binary frames may come.
    const initial = shiny.shinyapp?.$initialInput;
    if (initial) initial[FRAMES_INPUT] = version;
    known = false;
    begins = true;
    follow(true);
    sink.sessionBegins();
  };
  const onMessage = ({ message }: ShinyEvent): void => {
    if (!message) return;
    if ("config" in message) {
      known = false;
      begins = false;
      sink.sessionBegins();
    }
    if (message.busy === "idle" && !known) {
      known = true;
      sink.server?.(undefined);
    }
    if (known && !begins) follow(false);
  };
  markIndifferent(onMessage);
  /** To be told of each frame costs time for each, so that ends when nothing more is to be learnt. */
  const follow = (on: boolean): void => {
    if (follows === on) return;
    follows = on;
    if (on) $?.(document).on("shiny:message", onMessage);
    else $?.(document).off("shiny:message", onMessage);
  };
  const onDisconnected = (): void => {
    intake?.end();
    sink.sessionEnds?.();
  };
  $?.(document).on("shiny:connected", onConnected);
  follow(true);
  $?.(document).on("shiny:disconnected", onDisconnected);
  // A page built by dynamic UI brings this script when `init` has been sent.
  if (shiny.shinyapp?.$socket?.readyState === OPEN) {
    const version = beginFrames();
    shiny.setInputValue?.(FRAMES_INPUT, version);
  }

  return () => {
    connected = false;
    $?.(document).off("shiny:connected", onConnected);
    follow(false);
    $?.(document).off("shiny:disconnected", onDisconnected);
    if (shiny.addCustomMessageHandler === guardedAdd) shiny.addCustomMessageHandler = add;
  };
}

/** The half of {@link connectShiny} that shows widgets. @returns the undo */
export function connectOutputs(
  shiny: ShinyRuntime,
  sink: OutputSink,
  onRival: () => void = warnOfRival,
): () => void {
  let connected = true;
  const rival = once(onRival);
  const registry = shiny.outputBindings;
  const register = registry.register;
  if (hasBinding(registry)) rival();
  registerOutputBinding(shiny, {
    render: (el, value) => connected && sink.render(el, value),
    clear: (el) => connected && sink.clear(el),
  });
  const guardedRegister: typeof register = function (this: unknown, binding, name, priority) {
    if (connected && name === BINDING_NAME) rival();
    else register.call(this, binding, name, priority);
  };
  registry.register = guardedRegister;

  return () => {
    connected = false;
    if (registry.register === guardedRegister) registry.register = register;
  };
}

function once(call: () => void): () => void {
  let called = false;
  return () => {
    if (!called) call();
    called = true;
  };
}

function hasBinding(registry: object): boolean {
  const { bindingNames } = registry as { bindingNames?: Record<string, unknown> };
  return bindingNames?.[BINDING_NAME] !== undefined;
}

function warnOfRival(): void {
  console.warn(
    "[shiny-comm] The client of shinywidgets is on this page too; shiny-comm serves the widgets. " +
      'To leave the other out, add shiny-comm to the app\'s UI as HTMLDependency("ipywidget-output-binding") ' +
      "with a version above that of shinywidgets, in the place of a <script> tag.",
  );
}
