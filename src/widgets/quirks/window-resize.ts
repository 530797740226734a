/** Vega and plotly: charts that adapt their size only at the window's `resize` event. */

/** How long no event is sent after the window was resized, in ms. */
const QUIET_MS = 100;

let lastResize = Number.NEGATIVE_INFINITY;

/** Records that the browser sent a `resize` event. */
export function noteWindowResize(): void {
  lastResize = performance.now();
}

/** Dispatches a `resize` event at the window, unless the browser has just sent one. */
export function sendWindowResize(): void {
  if (performance.now() - lastResize > QUIET_MS) globalThis.dispatchEvent(new Event("resize"));
}
