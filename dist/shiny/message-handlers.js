// src/shiny/message-handlers.ts
import { HANDLERS, PROBE_HANDLER, SERVER_HANDLER } from "../comm/messages.js";
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
  handlers.set(PROBE_HANDLER, (payload) => {
    if (isRegistered) receiver.probe(payload);
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
export {
  registerMessageHandlers
};
