/** Works around faults in `@jupyter-widgets/controls`, each with its reason; loaded with the controls. */
import { IntSliderView } from "@jupyter-widgets/controls/lib/widget_int.js";

interface Slider {
  readonly readout: HTMLElement;
}

// Each slider, as it is shown and at each change, asks for the size of its readout just after it has
// changed the page: for n sliders the page is laid out n times. They are measured together instead,
// once a frame.
const unmeasured = new Set<Slider>();

/** `IntSliderView` and all others inherit it from a class that is not exported. */
const base = Object.getPrototypeOf(IntSliderView.prototype) as { readout_overflow(): boolean };

base.readout_overflow = function (this: Slider): boolean {
  if (unmeasured.size === 0) requestAnimationFrame(measure);
  unmeasured.add(this);
  return this.readout.classList.contains("overflow");
};

function measure(): void {
  const readouts = [...unmeasured].map(({ readout }) => readout);
  unmeasured.clear();
  const overflows = readouts.map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
  readouts.forEach((readout, index) => {
    readout.classList.toggle("overflow", overflows[index]);
  });
}
