/** The warning for pages that have shinywidgets' own client too. */
import type { ShinyPort } from "./runtime.js";

const warned = new WeakSet<ShinyPort>();

/** Warns, once for each runtime, that the stock client is on the page too. */
export function warnOfStockClient(shiny: ShinyPort): void {
  if (warned.has(shiny)) return;
  warned.add(shiny);
  console.warn(
    "[shiny-comm] The client of shinywidgets is on this page too; shiny-comm serves the widgets. " +
      'To load one client, replace the <script> tag by HTMLDependency("ipywidget-output-binding") ' +
      "with a version above the version of shinywidgets.",
  );
}
