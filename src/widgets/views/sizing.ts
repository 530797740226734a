/** Tells widgets that the room they have has changed: when an output is resized, or shown after it was hidden. */
import type { DOMWidgetView } from "@jupyter-widgets/base";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";

const views = new Map<Element, DOMWidgetView>();
const changed = new Set<Element>();
let frame: number | undefined;
let observer: ResizeObserver | undefined;
let lastWindowResize = 0;

/** Watches an output's size for the view in it. @returns the undo */
export function watchSize(el: Element, view: DOMWidgetView): () => void {
  if (!observer) {
    observer = new ResizeObserver((entries) => {
      for (const { target } of entries) changed.add(target);
      schedule();
    });
    globalThis.addEventListener("resize", onWindowResize);
  }
  views.set(el, view);
  observer.observe(el);
  return () => {
    if (views.get(el) !== view) return;
    views.delete(el);
    observer?.unobserve(el);
  };
}

function onWindowResize(event: Event): void {
  if (!event.isTrusted) return;
  lastWindowResize = performance.now();
  for (const el of views.keys()) changed.add(el);
  schedule();
}

function schedule(): void {
  if (frame === undefined) frame = requestAnimationFrame(tell);
}

/**
 * Once a frame, for all outputs whose size has changed: Lumino's resize message, and, since Vega
 * and Plotly listen to nothing else, one `resize` event at the window, unless the window has just
 * sent one itself.
 */
function tell(): void {
  frame = undefined;
  let event = false;
  for (const el of changed) {
    const view = views.get(el);
    if (!view || el.clientWidth === 0) continue;
    MessageLoop.postMessage(view.luminoWidget, Widget.ResizeMessage.UnknownSize);
    event = true;
  }
  changed.clear();
  if (event && performance.now() - lastWindowResize > 100) {
    globalThis.dispatchEvent(new Event("resize"));
  }
}
