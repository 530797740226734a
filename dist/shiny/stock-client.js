// src/shiny/stock-client.ts
var warned = /* @__PURE__ */ new WeakSet();
function warnOfStockClient(shiny) {
  if (warned.has(shiny)) return;
  warned.add(shiny);
  console.warn(
    '[shiny-comm] The client of shinywidgets is on this page too; shiny-comm serves the widgets. To load one client, replace the <script> tag by HTMLDependency("ipywidget-output-binding") with a version above the version of shinywidgets.'
  );
}
export {
  warnOfStockClient
};
