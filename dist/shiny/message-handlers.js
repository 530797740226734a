// src/shiny/message-handlers.ts
import { FRAMES_INPUT, HANDLERS, SERVER_HANDLER } from "../comm/messages.js";
import { OPEN } from "./runtime.js";
import { warnOfStockClient } from "./stock-client.js";
function registerMessageHandlers(shiny, receiver) {
  let isRegistered = true;
  const handlers = /* @__PURE__ */ new Map();
  for (const [kind, name] of Object.entries(HANDLERS)) {
    handlers.set(name, (payload) => {
      if (isRegistered) receiver.receive(kind, payload);
    });
  }
  handlers.set(SERVER_HANDLER, (announcement) => {
    if (isRegistered) receiver.announce(announcement);
  });
  for (const [name, handler] of handlers) shiny.addCustomMessageHandler(name, handler);
  const add = shiny.addCustomMessageHandler;
  const guardedAdd = function(type, handler) {
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
function negotiateFrames(shiny, session, intercept) {
  let interceptor;
  const beginFrames = () => {
    const socket = shiny.shinyapp?.$socket;
    if (socket?.binaryType !== "arraybuffer") return 0;
    interceptor?.end();
    interceptor = intercept?.(socket);
    return interceptor?.version ?? 1;
  };
  if (shiny.shinyapp?.$socket?.readyState === OPEN) {
    const version = beginFrames();
    shiny.setInputValue?.(FRAMES_INPUT, version);
  }
  const undos = [
    session.on("open", () => {
      const version = beginFrames();
      const initial = shiny.shinyapp?.$initialInput;
      if (initial) initial[FRAMES_INPUT] = version;
    }),
    session.on("closed", () => interceptor?.end())
  ];
  return () => {
    for (const undo of undos) undo();
    interceptor?.end();
  };
}
export {
  negotiateFrames,
  registerMessageHandlers
};
