// src/shiny/message-handlers.ts
import { FRAMES_INPUT, HANDLERS, SERVER_HANDLER } from "../comm/messages.js";
import { BINDING_NAME, registerOutputBinding } from "./output-binding.js";
import {
  markIndifferent,
  OPEN,
  pageJQuery
} from "./runtime.js";
import { socketIntake } from "./socket-interceptor.js";
var KINDS = Object.keys(HANDLERS);
function connectShiny(shiny, sink, onRival = warnOfRival) {
  const rival = once(onRival);
  const undos = [
    connectMessages(shiny, sink, rival, socketIntake),
    connectOutputs(shiny, sink, rival)
  ];
  return () => {
    for (const undo of undos) undo();
  };
}
function connectMessages(shiny, sink, onRival = warnOfRival, makeIntake) {
  let connected = true;
  let known = false;
  const rival = once(onRival);
  const handlers = new Map(
    KINDS.map((kind) => [
      HANDLERS[kind],
      (payload) => {
        if (connected) sink.message(kind, payload);
      }
    ])
  );
  const intake = makeIntake?.(shiny, new Map(handlers));
  handlers.set(SERVER_HANDLER, (announcement) => {
    known = true;
    if (connected) sink.server?.(announcement);
  });
  for (const [name, handler] of handlers) shiny.addCustomMessageHandler(name, handler);
  const add = shiny.addCustomMessageHandler;
  const guardedAdd = function(type, handler) {
    const mine = handlers.get(type);
    if (connected && mine && mine !== handler) rival();
    else add.call(this, type, handler);
  };
  shiny.addCustomMessageHandler = guardedAdd;
  const $ = pageJQuery();
  let begins = shiny.shinyapp?.$socket?.readyState !== OPEN;
  let follows = false;
  const beginFrames = () => {
    const socket = shiny.shinyapp?.$socket;
    if (socket?.binaryType !== "arraybuffer") return 0;
    return intake?.begin(socket) ?? 1;
  };
  const onConnected = () => {
    const version = beginFrames();
    const initial = shiny.shinyapp?.$initialInput;
    if (initial) initial[FRAMES_INPUT] = version;
    known = false;
    begins = true;
    follow(true);
    sink.sessionBegins();
  };
  const onMessage = ({ message }) => {
    if (!message) return;
    if ("config" in message) {
      known = false;
      begins = false;
      sink.sessionBegins();
    }
    if (message.busy === "idle" && !known) {
      known = true;
      sink.server?.(void 0);
    }
    if (known && !begins) follow(false);
  };
  markIndifferent(onMessage);
  const follow = (on) => {
    if (follows === on) return;
    follows = on;
    if (on) $?.(document).on("shiny:message", onMessage);
    else $?.(document).off("shiny:message", onMessage);
  };
  const onDisconnected = () => {
    intake?.end();
    sink.sessionEnds?.();
  };
  $?.(document).on("shiny:connected", onConnected);
  follow(true);
  $?.(document).on("shiny:disconnected", onDisconnected);
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
function connectOutputs(shiny, sink, onRival = warnOfRival) {
  let connected = true;
  const rival = once(onRival);
  const registry = shiny.outputBindings;
  const register = registry.register;
  if (hasBinding(registry)) rival();
  registerOutputBinding(shiny, {
    render: (el, value) => connected && sink.render(el, value),
    clear: (el) => connected && sink.clear(el)
  });
  const guardedRegister = function(binding, name, priority) {
    if (connected && name === BINDING_NAME) rival();
    else register.call(this, binding, name, priority);
  };
  registry.register = guardedRegister;
  return () => {
    connected = false;
    if (registry.register === guardedRegister) registry.register = register;
  };
}
function once(call) {
  let called = false;
  return () => {
    if (!called) call();
    called = true;
  };
}
function hasBinding(registry) {
  const { bindingNames } = registry;
  return bindingNames?.[BINDING_NAME] !== void 0;
}
function warnOfRival() {
  console.warn(
    `[shiny-comm] The client of shinywidgets is on this page too; shiny-comm serves the widgets. To leave the other out, add shiny-comm to the app's UI as HTMLDependency("ipywidget-output-binding") with a version above that of shinywidgets, in the place of a <script> tag.`
  );
}
export {
  connectMessages,
  connectOutputs,
  connectShiny
};
