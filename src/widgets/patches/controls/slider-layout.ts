/**
 * Measures sliders together, and lays out sliders that are off-screen late.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: performance
 * Fault: Each slider measures its readout just after it has changed the page, so n sliders cause n
 *   layouts. The first layout of a long column takes half the time of making its views. Each later frame
 *   takes a part of that time again.
 * Issue: docs/upstream/slider-layout.md
 * Gain: One layout a frame. Off-screen sliders are excluded until they are scrolled near.
 * Remove: when readouts need no measuring. The exclusion can stay for pages with long lists.
 * Test: tests/widgets/patches.test.ts
 */
import type { WidgetModel } from "@jupyter-widgets/base";
import { BaseIntSliderView } from "@jupyter-widgets/controls/lib/widget_int.js";
import { WAITING_CLASS } from "../base/layout-listeners.js";

interface Slider {
  readonly el: HTMLElement;
  readonly label: HTMLElement;
  readonly readout: HTMLElement;
  readonly model: WidgetModel;
}

/** Minimum number of new sliders in a frame for which the exclusion gains time. */
const LONG = 50;

const base = BaseIntSliderView.prototype;

const unmeasured = new Set<Slider>();
const excluded = new WeakMap<Element, Slider>();
const laidOut = new WeakSet<Slider>();

base.readout_overflow = function (this: Slider): boolean {
  if (unmeasured.size === 0) requestAnimationFrame(measure);
  unmeasured.add(this);
  return this.readout.classList.contains("overflow");
};

function measure(): void {
  const sliders = [...unmeasured];
  unmeasured.clear();
  if (sliders.length > LONG) excludeFar(sliders);
  for (const slider of sliders) laidOut.add(slider);
  const readouts = sliders.filter(({ el }) => !excluded.has(el)).map(({ readout }) => readout);
  const overflows = readouts.map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
  readouts.forEach((readout, index) => {
    readout.classList.toggle("overflow", overflows[index]);
  });
}

// Each box of widgets scrolls, and has a margin for that where browsers support `scrollMargin`.
const margins: IntersectionObserverInit & { scrollMargin: string } = {
  root: document,
  rootMargin: "400px",
  scrollMargin: "400px",
};

const approach = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const slider = excluded.get(target);
    if (!isIntersecting || !slider) continue;
    approach.unobserve(target);
    include(slider);
    base.readout_overflow.call(slider);
  }
}, margins);

function excludeFar(sliders: readonly Slider[]): void {
  const fresh = sliders.filter((slider) => !laidOut.has(slider) && hasFixedSize(slider));
  for (const slider of fresh) {
    excluded.set(slider.el, slider);
    slider.el.classList.add(WAITING_CLASS);
  }
  // Sliders on the screen show in the first frame. Hidden sliders have no height.
  const near = fresh.filter(({ el }) => {
    const { top, height } = el.getBoundingClientRect();
    return height > 0 && top > -innerHeight && top < innerHeight;
  });
  near.forEach(include);
  for (const { el } of fresh) if (excluded.has(el)) approach.observe(el);
}

function include({ el }: Slider): void {
  excluded.delete(el);
  el.classList.remove(WAITING_CLASS);
}

/** Returns whether a slider is in a column and takes the same room without its content. */
function hasFixedSize({ el, label, readout, model }: Slider): boolean {
  const { parentElement: column, previousElementSibling: above, classList, style } = el;
  return (
    above !== null &&
    column?.classList.contains("widget-vbox") === true &&
    column.style.display + column.style.flexFlow === "" &&
    classList.contains("widget-hslider") &&
    style.length + label.style.width.length + readout.style.display.length === 0 &&
    model.get("_dom_classes").length === 0
  );
}

// The size may change with any trait but the value. `layout-listeners.ts` handles layouts and styles.
const { update } = base;
base.update = function (this: Slider, options) {
  const { el, model } = this;
  if (excluded.has(el) && Object.keys(model.changed).some((key) => key !== "value")) {
    el.classList.remove(WAITING_CLASS);
  }
  update.call(this, options);
};
