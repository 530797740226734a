// src/shiny/runtime.ts
var INDIFFERENT = /* @__PURE__ */ Symbol.for("shiny-comm.indifferent");
function markIndifferent(listener) {
  listener[INDIFFERENT] = true;
}
function isFollowed() {
  const $ = pageJQuery();
  if (!$?._data) return $ !== void 0;
  for (const target of [document, globalThis]) {
    const listeners = $._data(target).events?.["shiny:message"];
    if (listeners?.some(({ handler }) => !(INDIFFERENT in handler))) return true;
  }
  return false;
}
var CONNECTING = 0;
var OPEN = 1;
function shinyRuntime() {
  const { Shiny } = globalThis;
  return typeof Shiny?.addCustomMessageHandler === "function" ? Shiny : void 0;
}
function whenShiny(callback) {
  const page = typeof document === "undefined" ? void 0 : document;
  const undo = () => {
    page?.removeEventListener("DOMContentLoaded", look);
    page?.removeEventListener("load", look, true);
  };
  const look = () => {
    const shiny = shinyRuntime();
    if (!shiny) return;
    undo();
    callback(shiny);
  };
  page?.addEventListener("load", look, true);
  page?.addEventListener("DOMContentLoaded", look);
  look();
  return undo;
}
async function whenConnected() {
  if (document.readyState === "loading") {
    await new Promise((resolve) => {
      document.addEventListener("DOMContentLoaded", resolve, { once: true });
    });
  }
  const $ = pageJQuery()?.(document);
  const socket = shinyRuntime()?.shinyapp?.$socket;
  if (!$ || socket && socket.readyState !== CONNECTING) return;
  await new Promise((resolve) => $.one("shiny:connected", resolve));
}
function shinyDone() {
  const queue = shinyRuntime()?.shinyapp?.taskQueue;
  return new Promise((resolve) => {
    if (queue) queue.enqueue(resolve);
    else resolve();
  });
}
function pageJQuery() {
  return globalThis.jQuery;
}
export {
  OPEN,
  isFollowed,
  markIndifferent,
  pageJQuery,
  shinyDone,
  shinyRuntime,
  whenConnected,
  whenShiny
};
