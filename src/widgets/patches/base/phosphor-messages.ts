/**
 * Passes Lumino's messages to views that were written for Phosphor.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: Base calls `processLuminoMessage` only. Views written for base 4 and older implement
 *   `processPhosphorMessage`, and some packages include a copy of that base. The
 *   views of the copy have a Phosphor widget named `pWidget`.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/pull/3945
 * Gain: Older widgets draw themselves, and notice resizes.
 * Remove: when base calls either method, and packages with a copy of base 4 are no longer supported.
 * Test: tests/widgets/packages.test.ts
 */
import { DOMWidgetView, type WidgetView } from "@jupyter-widgets/base";
import type { Message } from "@lumino/messaging";
import { type DOMViewInternals, domViewInternals, prototypeOf } from "../internals.js";
import { detach } from "./detached-elements.js";

const PHOSPHOR = "processPhosphorMessage";
const LUMINO = "processLuminoMessage";
const definesPhosphor = (prototype: object): boolean => Object.hasOwn(prototype, PHOSPHOR);

// Methods of a view call base's methods by either name. A call gets the method above the oldest override, so
// that a view that overrides both handles each message once.
const relay = function (this: DOMWidgetView, message: Message): void {
  const oldest = prototypesOf(this).findLast(definesPhosphor);
  const above: DOMViewInternals = oldest ? prototypeOf(oldest) : domViewInternals(this);
  above[LUMINO].call(this, message);
};
DOMWidgetView.prototype[PHOSPHOR] = relay;

/** Makes a new view that overrides only `processPhosphorMessage` get messages by it. */
export function relayPhosphor(view: DOMWidgetView): void {
  if (view[PHOSPHOR] === relay) return;
  const newest = prototypesOf(view).find(
    (prototype) => definesPhosphor(prototype) || Object.hasOwn(prototype, LUMINO),
  );
  if (newest && !Object.hasOwn(newest, LUMINO)) view[LUMINO] = (message) => view[PHOSPHOR](message);
}

/** Returns the prototypes of a view below base's, its class's first. */
function prototypesOf(view: object): object[] {
  const prototypes: object[] = [];
  let prototype: object = prototypeOf(view);
  while (prototype !== DOMWidgetView.prototype) {
    prototypes.push(prototype);
    prototype = prototypeOf(prototype);
  }
  return prototypes;
}

/**
 * Makes Lumino accept a view of another copy of base, such as pydeck's: Phosphor's widgets understand
 * the same messages.
 */
export function adoptView(view: WidgetView): void {
  const { luminoWidget, pWidget } = domViewInternals(view);
  if (luminoWidget || !pWidget) return;
  const { remove } = view;
  Object.assign(view, {
    luminoWidget: pWidget,
    remove() {
      detach(pWidget);
      return remove.call(view);
    },
  });
}
