/** ipyleaflet: a map that its view does not remove. */
import type { DOMWidgetView, WidgetView } from "@jupyter-widgets/base";

/** The used members of a Leaflet map. */
interface LeafletMap {
  off(events: string): unknown;
  remove(): unknown;
}

/** ipyleaflet's view of a map. */
interface LeafletMapView extends DOMWidgetView {
  readonly obj?: LeafletMap;
}

/**
 * Removes the Leaflet map of a removed view. Otherwise the map keeps its listeners to the window and
 * the document, keeps the view with all layers, and throws at the next `resize` because its model is
 * closed. The view makes the map when it and its layout are on the page.
 */
export function removeLeafletMap(view: WidgetView): void {
  if (!isMapView(view)) return;
  const remove = (): void => {
    // The model would send the events of a map that stops.
    view.obj?.off("movestart moveend zoomend");
    view.obj?.remove();
  };
  if (view.obj) remove();
  else void view.displayed.then(() => view.layoutPromise).then(remove);
}

function isMapView(view: WidgetView): view is LeafletMapView {
  return view.model.get("_view_name") === "LeafletMapView";
}
