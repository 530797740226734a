// src/shiny/stock-client.ts
var warned = /* @__PURE__ */ new WeakSet();
function warnOfStockClient(shiny) {
  if (warned.has(shiny)) return;
  warned.add(shiny);
  console.warn(
    '[shiny-comm] The client of shinywidgets is on this page too; shiny-comm serves the widgets. To leave the other client out, add shiny-comm to the UI as HTMLDependency("ipywidget-output-binding") with a version above that of shinywidgets, instead of a <script> tag.'
  );
}
export {
  warnOfStockClient
};
