/** Notifies widgets of a new size: when an output is resized, or shown after it was hidden. */
import type { DOMWidgetView } from "@jupyter-widgets/base";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { noteWindowResize, sendWindowResize } from "../quirks/window-resize.js";

const views = new Map<Element, DOMWidgetView>();
const changed = new Set<Element>();
let frame: number | undefined;
let observer: ResizeObserver | undefined;

/** Watches an output's size for its view. @returns the undo */
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
  noteWindowResize();
  for (const el of views.keys()) changed.add(el);
  schedule();
}

function schedule(): void {
  if (frame === undefined) frame = requestAnimationFrame(notify);
}

/** Sends Lumino's resize message to the views whose outputs have changed; runs at most once a frame. */
function notify(): void {
  frame = undefined;
  let hasNotified = false;
  for (const el of changed) {
    const view = views.get(el);
    if (!view || el.clientWidth === 0) continue;
    MessageLoop.postMessage(view.luminoWidget, Widget.ResizeMessage.UnknownSize);
    hasNotified = true;
  }
  changed.clear();
  if (hasNotified) sendWindowResize();
}
