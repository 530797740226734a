// src/shiny/runtime.ts
var CONNECTING = 0;
var OPEN = 1;
function shinyRuntime() {
  const { Shiny } = globalThis;
  return typeof Shiny?.addCustomMessageHandler === "function" ? Shiny : void 0;
}
function whenShiny(callback) {
  const page = globalThis.document;
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
function shinyQueueDrained() {
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
  CONNECTING,
  OPEN,
  pageJQuery,
  shinyQueueDrained,
  shinyRuntime,
  whenShiny
};
