// The page of the tests: jQuery, an in-memory Shiny, and the built client.
import jQuery from "jquery";
import { createShiny, loadClient } from "shiny-comm/testing";

globalThis.jQuery = jQuery;

export const shiny = createShiny();
shiny.install();
await loadClient("/shiny-comm.js");

/** Adds a widget's output to the page, and returns the element. */
export async function addOutput(id) {
  const output = document.createElement("div");
  output.id = id;
  output.className = "shiny-ipywidget-output";
  document.body.append(output);
  await shiny.runtime.bindAll?.(document.body);
  return output;
}
