/** Registers with the Shiny runtime: the three message handlers and the output binding, and keeps them. */
import { FRAME_VERSION } from "../comm/frames.js";
import { FRAMES_INPUT, HANDLERS, type MessageKind } from "../comm/messages.js";
import { BINDING_NAME, type OutputSink, registerOutputBinding } from "./output-binding.js";
import { pageJQuery, type ShinyEvent, type ShinyRuntime } from "./runtime.js";

/** Takes all that comes from the Shiny runtime. */
export interface ShinySink extends OutputSink {
  message(kind: MessageKind, payload: unknown): void;
  /** A new session begins: whatever came before is not of it. May be told more than once. */
  sessionBegins(): void;
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
  let connected = true;
  let warned = false;
  const rival = () => {
    if (!warned) onRival();
    warned = true;
  };

  const mine = new Set<(payload: unknown) => void>();
  for (const kind of KINDS) {
    // Shiny refuses handlers that do not declare exactly one parameter.
    const handler = (payload: unknown): void => {
      if (connected) sink.message(kind, payload);
    };
    mine.add(handler);
    shiny.addCustomMessageHandler(HANDLERS[kind], handler);
  }

  // A second handler of the same name replaces the first without a word, so none is let through.
  const names = new Set<string>(Object.values(HANDLERS));
  const add = shiny.addCustomMessageHandler;
  const guardedAdd: typeof add = function (this: unknown, type, handler) {
    if (connected && names.has(type) && !mine.has(handler)) rival();
    else add.call(this, type, handler);
  };
  shiny.addCustomMessageHandler = guardedAdd;

  // Nothing of the old session may be sent from the moment on when there is a socket that would take
  // it. What the old one sent may still stand in Shiny's queue then; it is before the first frame
  // of the new one, which bears `config`.
  const $ = pageJQuery();
  const onConnected = (): void => {
    // `init`, which is sent next, tells the server that binary frames may come.
    const initial = shiny.shinyapp?.$initialInput;
    if (initial) initial[FRAMES_INPUT] = FRAME_VERSION;
    sink.sessionBegins();
  };
  const onMessage = ({ message }: ShinyEvent): void => {
    if (message && "config" in message) sink.sessionBegins();
  };
  $?.(document).on("shiny:connected", onConnected);
  $?.(document).on("shiny:message", onMessage);
  // A page built by dynamic UI brings this script when `init` has been sent.
  if (shiny.shinyapp?.$socket?.readyState === 1) shiny.setInputValue?.(FRAMES_INPUT, FRAME_VERSION);

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
    $?.(document).off("shiny:connected", onConnected);
    $?.(document).off("shiny:message", onMessage);
    if (shiny.addCustomMessageHandler === guardedAdd) shiny.addCustomMessageHandler = add;
    if (registry.register === guardedRegister) registry.register = register;
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
