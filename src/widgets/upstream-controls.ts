/** Works around faults in `@jupyter-widgets/controls`, each with its reason; loaded with the controls. */
import { uuid } from "@jupyter-widgets/base";
import { DescriptionView } from "@jupyter-widgets/controls/lib/widget_description.js";
import { IntSliderView, PlayView } from "@jupyter-widgets/controls/lib/widget_int.js";

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

// A description names a text field and a list, but not a slider's handle, the time beside a date, or
// what else has the focus in a control: to a screen reader they have no name.
const renderDescribed = DescriptionView.prototype.render;
DescriptionView.prototype.render = function (this: DescriptionView) {
  renderDescribed.call(this);
  void this.displayed.then(() => nameParts(this));
};

const PARTS = ".noUi-handle, input, select, textarea";

function nameParts({ el, label }: DescriptionView): void {
  for (const part of el.querySelectorAll<HTMLElement & { labels?: NodeList }>(PARTS)) {
    const { labels } = part;
    if (labels?.length || part.title || part.hasAttribute("aria-label")) continue;
    label.id ||= uuid();
    part.setAttribute("aria-labelledby", label.id);
  }
}

// The buttons of Play have icons, and no names.
const updatePlaying = PlayView.prototype.updatePlaying;
PlayView.prototype.updatePlaying = function (this: PlayView) {
  updatePlaying.call(this);
  this.playPauseButton.setAttribute("aria-label", this.model.get("playing") ? "Pause" : "Play");
  this.stopButton.setAttribute("aria-label", "Stop");
};
const updateRepeat = PlayView.prototype.updateRepeat;
PlayView.prototype.updateRepeat = function (this: PlayView) {
  updateRepeat.call(this);
  this.repeatButton.setAttribute("aria-label", "Repeat");
  this.repeatButton.setAttribute("aria-pressed", String(this.model.get("repeat") === true));
};
