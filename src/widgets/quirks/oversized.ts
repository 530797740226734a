/** Vega-Altair and Mosaic: charts of a fixed size, which may be larger than the output. */

/** The class of outputs whose chart may be larger than the output. */
const OVERSIZED_CLASS = "shiny-comm-oversized";

/**
 * Marks an output that must not clip its chart. `:has` in a style sheet would have the same effect, but
 * slows down pages with many widgets.
 *
 * @param el the output's element
 * @param view the element of the drawn view; `undefined` before the view is drawn
 */
export function markOversized(el: HTMLElement, view: HTMLElement | undefined): void {
  el.classList.toggle(OVERSIZED_CLASS, view?.matches(".vega-embed, .mosaic-widget") === true);
}
