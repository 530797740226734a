/** What must be known of single widget packages, each with its reason; nowhere else is any named. */
import type { DOMWidgetView, WidgetView } from "@jupyter-widgets/base";
import type { OutputValue } from "../../shiny/output-binding.js";

/**
 * quak keeps a maximal height within its shadow root, where neither Python nor a style sheet
 * reaches it; in a filling layout it must go.
 */
export function applyFillQuirks(el: HTMLElement): void {
  for (const child of el.querySelectorAll<HTMLElement>(":scope > *")) {
    const quak = child.shadowRoot?.querySelector<HTMLElement>(".quak");
    if (!quak) continue;
    child.classList.add("html-fill-container", "html-fill-item");
    quak.style.maxHeight = "unset";
  }
}

/** On an output whose chart may be larger than its place. */
const OVERSIZED_CLASS = "shiny-comm-oversized";

/**
 * Charts of a fixed size (Altair's facets, Mosaic) mark an output, which then does not clip them. A
 * style sheet could tell by `:has`, which costs every page of many widgets much time.
 *
 * @param el the output's element
 * @param view that of the view in it, drawn; `undefined` for the next view, of which nothing is known yet
 */
export function markOversized(el: HTMLElement, view: HTMLElement | undefined): void {
  el.classList.toggle(OVERSIZED_CLASS, view?.matches(".vega-embed, .mosaic-widget") === true);
}

/** What is used of a map of Leaflet's. */
interface LeafletMap {
  off(events: string): unknown;
  remove(): unknown;
}

/**
 * Sets free what a view's own `remove` leaves behind.
 *
 * ipyleaflet's view of a map has no `remove`: Leaflet's map goes on listening to the window and
 * the document, keeps the view and all its layers, and throws at the next `resize`, as its model
 * is closed by then. The map is made once the view and its layout are on the page.
 */
export function releaseQuirks(view: WidgetView): void {
  if (view.model.get("_view_name") !== "LeafletMapView") return;
  const map = view as DOMWidgetView & { obj?: LeafletMap };
  const release = (): void => {
    // What a map tells as it stops, its model would send.
    map.obj?.off("movestart moveend zoomend");
    map.obj?.remove();
  };
  if (map.obj) release();
  else void map.displayed.then(() => map.layoutPromise).then(release);
}

/** Longer than this no plot is kept hidden, in ms. */
const REVEAL_MS = 5_000;

/**
 * A plotly figure draws itself at 360 px or so and takes its container's size after that
 * (py-shinywidgets #199): it is kept invisible until it has, so its first paint is its final one.
 *
 * @returns what to await once the view has been drawn, or `undefined` when there is nothing to wait for
 */
export function settleBeforeReveal(
  value: OutputValue,
  view: DOMWidgetView,
  el: HTMLElement,
): ((current: () => boolean) => Promise<void>) | undefined {
  if (value.widget_pkg !== "plotly") return undefined;
  el.style.visibility = "hidden";
  return async (current) => {
    const plot = await plotIn(view.el);
    if (plot && current()) await fitted(plot, el);
    if (!current()) return;
    el.style.visibility = "inherit";
    // What listens for the plot in view, and not before, is given the chance.
    globalThis.dispatchEvent(new Event("resize"));
  };
}

async function plotIn(root: HTMLElement): Promise<HTMLElement | undefined> {
  const deadline = performance.now() + REVEAL_MS;
  for (;;) {
    const plot = root.matches(".js-plotly-plot")
      ? root
      : root.querySelector<HTMLElement>(".js-plotly-plot");
    if (plot?.querySelector(".main-svg")) return plot;
    if (performance.now() > deadline || !root.isConnected) return undefined;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/** Waits until the plot is as high as its place, which a `resize` brings about. */
async function fitted(plot: HTMLElement, el: HTMLElement): Promise<void> {
  const deadline = performance.now() + REVEAL_MS;
  let asked = false;
  while (performance.now() < deadline && el.isConnected && el.clientWidth > 0) {
    const svg = plot.querySelector(".main-svg");
    const place = plot.getBoundingClientRect();
    const drawn = svg?.getBoundingClientRect();
    if (!drawn || Math.abs(drawn.height - place.height) < 2) return;
    if (!asked) globalThis.dispatchEvent(new Event("resize"));
    asked = true;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
