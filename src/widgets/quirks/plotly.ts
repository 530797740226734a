/** plotly: a figure that gets its size only after it is drawn. */
import type { DOMWidgetView } from "@jupyter-widgets/base";
import type { OutputValue } from "../../shiny/output-binding.js";

/** Maximum time to wait for a figure, and then for its size, in ms. */
const REVEAL_MS = 5_000;

/**
 * Hides a plotly figure until it has its final size. A figure is first drawn about 360 px high, and gets
 * the size of its container later: https://github.com/posit-dev/py-shinywidgets/issues/199.
 *
 * @returns a function to await once the view is drawn, or `undefined` for other widgets
 */
export function hideUntilSized(
  value: OutputValue,
  view: DOMWidgetView,
  el: HTMLElement,
): ((isCurrent: () => boolean) => Promise<void>) | undefined {
  if (value.widget_pkg !== "plotly") return undefined;
  el.style.visibility = "hidden";
  return async (isCurrent) => {
    const plot = await waitForPlot(view.el);
    if (plot && isCurrent()) await waitUntilSized(plot, el);
    if (!isCurrent()) return;
    el.style.visibility = "inherit";
    // Some figures draw parts only when they are visible.
    globalThis.dispatchEvent(new Event("resize"));
  };
}

async function waitForPlot(root: HTMLElement): Promise<HTMLElement | undefined> {
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

/** Waits until the figure is as high as its container; a `resize` event makes it so. */
async function waitUntilSized(plot: HTMLElement, el: HTMLElement): Promise<void> {
  const deadline = performance.now() + REVEAL_MS;
  let isRequested = false;
  while (performance.now() < deadline && el.isConnected && el.clientWidth > 0) {
    const svg = plot.querySelector(".main-svg");
    const container = plot.getBoundingClientRect();
    const drawn = svg?.getBoundingClientRect();
    if (!drawn || Math.abs(drawn.height - container.height) < 2) return;
    if (!isRequested) globalThis.dispatchEvent(new Event("resize"));
    isRequested = true;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
