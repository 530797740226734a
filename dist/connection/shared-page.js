// src/connection/shared-page.ts
var PAGE_KEY = /* @__PURE__ */ Symbol.for("shiny-comm/0");
function sharedPage() {
  const global = globalThis;
  const page = global[PAGE_KEY] ?? {};
  global[PAGE_KEY] = Object.assign(page, { modules: [], errorListeners: /* @__PURE__ */ new Set(), ...page });
  return page;
}
export {
  PAGE_KEY,
  sharedPage
};
