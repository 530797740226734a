// The page of the tests: jQuery, as Shiny's pages have it, an in-memory Shiny, and the real client.
import jQuery from "jquery";
import { createShiny, loadClient } from "shiny-comm/testing";

globalThis.jQuery = jQuery;

export const shiny = createShiny();
shiny.install();
await loadClient("/shiny-comm.js");

/** Puts a place for a widget on the page. */
export async function addOutput(id) {
  const place = document.createElement("div");
  place.id = id;
  place.className = "shiny-ipywidget-output";
  document.body.append(place);
  await shiny.runtime.bindAll?.(document.body);
  return place;
}
