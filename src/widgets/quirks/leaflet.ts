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
 * Removes the Leaflet map of a removed view, as ipyleaflet does not.
 *
 * The map would keep its listeners to the window and the document, and the view with all layers. It would
 * throw at the next `resize`, because its model is closed. The view makes the map only after the view
 * and its layout are on the page.
 */
export function removeLeafletMap(view: WidgetView): void {
  if (!isMapView(view)) return;
  const remove = (): void => {
    // While it is removed, the map emits events, which its model would send.
    view.obj?.off("movestart moveend zoomend");
    view.obj?.remove();
  };
  if (view.obj) remove();
  else void view.displayed.then(() => view.layoutPromise).then(remove);
}

function isMapView(view: WidgetView): view is LeafletMapView {
  return view.model.get("_view_name") === "LeafletMapView";
}
