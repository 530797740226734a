// src/connection/shared-page.ts
import { CommError } from "../comm/errors.js";
var PAGE_KEY = /* @__PURE__ */ Symbol.for("shiny-comm/0");
var CONTRACT_VERSION = 1;
function sharedPage() {
  const global = globalThis;
  global[PAGE_KEY] ??= { version: CONTRACT_VERSION, modules: [], errorListeners: /* @__PURE__ */ new Set() };
  const page = global[PAGE_KEY];
  if (page.version !== CONTRACT_VERSION) {
    throw new CommError(
      "NOT_CONNECTED",
      `cannot share this page with another copy of shiny-comm: its contract has version ${page.version} (expected ${CONTRACT_VERSION}). Use one version of shiny-comm on a page.`
    );
  }
  return page;
}
export {
  PAGE_KEY,
  sharedPage
};
