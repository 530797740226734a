/** Vega and plotly: charts that learn of a new size only from the window's `resize` event. */

/** How long after a resize of the window no event is sent, in ms. */
const QUIET_MS = 100;

let lastResize = Number.NEGATIVE_INFINITY;

/** Notes that the window itself was resized. */
export function noteWindowResize(): void {
  lastResize = performance.now();
}

/** Sends a `resize` event of the window, unless the window has just sent one. */
export function sendWindowResize(): void {
  if (performance.now() - lastResize > QUIET_MS) globalThis.dispatchEvent(new Event("resize"));
}
