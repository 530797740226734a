/** Works around faults in `@jupyter-widgets/controls`, each with its reason; loaded with the controls. */
import type { WidgetModel } from "@jupyter-widgets/base";
import { DescriptionView } from "@jupyter-widgets/controls/lib/widget_description.js";
import {
  IntSliderView,
  IntTextView,
  PlayModel,
  PlayView,
} from "@jupyter-widgets/controls/lib/widget_int.js";
import { TextareaView, TextView } from "@jupyter-widgets/controls/lib/widget_string.js";
import { nameParts } from "./part-names.js";
import { isClosed, WAITING_CLASS } from "./upstream.js";
import "./upstream-sliders.js";

interface Slider {
  readonly el: HTMLElement;
  readonly label: HTMLElement;
  readonly readout: HTMLElement;
  readonly model: WidgetModel;
}

/** What `IntSliderView` and all others inherit from a class that is not exported. */
interface BaseSlider {
  readout_overflow(): boolean;
  update(options?: unknown): void;
}

const base = Object.getPrototypeOf(IntSliderView.prototype) as BaseSlider;

// Each slider, as it is shown and at each change, asks for the size of its readout just after it has
// changed the page: for n sliders the page is laid out n times. They are measured together instead,
// once a frame.
const unmeasured = new Set<Slider>();

base.readout_overflow = function (this: Slider): boolean {
  if (unmeasured.size === 0) requestAnimationFrame(measure);
  unmeasured.add(this);
  return this.readout.classList.contains("overflow");
};

function measure(): void {
  const sliders = [...unmeasured];
  unmeasured.clear();
  if (sliders.length > LONG) letWait(sliders);
  for (const slider of sliders) begun.add(slider);
  const readouts = sliders.filter(({ el }) => !waiting.has(el)).map(({ readout }) => readout);
  const overflows = readouts.map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
  readouts.forEach((readout, index) => {
    readout.classList.toggle("overflow", overflows[index]);
  });
}

// The style and layout of a long column of sliders take half as long as the making of their views,
// and every frame after it some of that again. So those far from what is seen have none, and their
// readouts are not measured, until one scrolls there.
const waiting = new WeakMap<Element, Slider>();
const begun = new WeakSet<Slider>();

/** With fewer there is nothing to be gained. */
const LONG = 50;

const approach = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      const slider = waiting.get(target);
      if (!isIntersecting || !slider) continue;
      approach.unobserve(target);
      show(slider);
      base.readout_overflow.call(slider);
    }
  },
  // Every box of widgets is one that scrolls, and has a margin of its own where browsers know of it.
  { root: document, rootMargin: "400px", scrollMargin: "400px" } as IntersectionObserverInit,
);

function letWait(sliders: readonly Slider[]): void {
  const far = sliders.filter((slider) => !begun.has(slider) && mayWait(slider));
  for (const slider of far) {
    waiting.set(slider.el, slider);
    slider.el.classList.add(WAITING_CLASS);
  }
  // What is near is as it is from the first frame on; what is hidden has no height.
  const near = far.filter(({ el }) => {
    const { top, height } = el.getBoundingClientRect();
    return height > 0 && top > -innerHeight && top < innerHeight;
  });
  near.forEach(show);
  for (const { el } of far) if (waiting.has(el)) approach.observe(el);
}

function show({ el }: Slider): void {
  waiting.delete(el);
  el.classList.remove(WAITING_CLASS);
}

/**
 * Whether a slider takes the same room without its content: it is one of a column and has the size of
 * the style sheet, its content fits into that and fills its height, and nothing is in line with it.
 */
function mayWait({ el, label, readout, model }: Slider): boolean {
  const { parentElement: column, previousElementSibling: above, classList, style } = el;
  return (
    above !== null &&
    column?.classList.contains("widget-vbox") === true &&
    column.style.display + column.style.flexFlow === "" &&
    classList.contains("widget-hslider") &&
    style.length + label.style.width.length + readout.style.display.length === 0 &&
    (model.get("_dom_classes") as unknown[]).length === 0
  );
}

// That holds while nothing but the value is another; see also `upstream.ts`, for layouts and styles.
const updateSlider = base.update;
base.update = function (this: Slider & BaseSlider, options) {
  const { el, model } = this;
  if (waiting.has(el) && Object.keys(model.changed).some((key) => key !== "value")) {
    el.classList.remove(WAITING_CLASS);
  }
  updateSlider.call(this, options);
};

// A description names a text field and a list, but not a slider's handle, the time beside a date, or
// what else has the focus in a control: to a screen reader they have no name.
const renderDescribed = DescriptionView.prototype.render;
DescriptionView.prototype.render = function (this: DescriptionView) {
  renderDescribed.call(this);
  void this.displayed.then(() => nameParts(this));
};

// Whatever trait the server sets, a view shows the model's value in its field again. What the user is
// typing there stays, unless the server sets the value itself.
for (const prototype of [TextView.prototype, TextareaView.prototype, IntTextView.prototype]) {
  const { update } = prototype as { update(options?: unknown): void };
  prototype.update = function (this: TextView | TextareaView | IntTextView, options?: unknown) {
    const { textbox, model } = this;
    if (!textbox.matches(":focus") || model.hasChanged("value")) return update.call(this, options);
    const { value } = textbox;
    Object.defineProperty(textbox, "value", { get: () => value, set() {}, configurable: true });
    update.call(this, options);
    delete (textbox as { value?: string }).value;
  };
}

// Of "3.7" and "1e3", `parseInt` takes 3 and 1, and the view takes characters off what is shown after it
// has sent that. Here what is shown is what was sent, as soon as the user has done.
const renderNumber = IntTextView.prototype.render;
IntTextView.prototype.render = function (this: IntTextView) {
  if (this._parse_value === parseInt) this._parse_value = parseWhole;
  renderNumber.call(this);
};
IntTextView.prototype.handleKeyUp = () => undefined;
const changeNumber = IntTextView.prototype.handleChanged;
IntTextView.prototype.handleChanged = function (this: IntTextView, event) {
  changeNumber.call(this, event);
  if (event.type === "change") this.textbox.value = String(this.model.get("value"));
};

function parseWhole(text: string): number {
  return text === "" ? Number.NaN : Math.trunc(Number(text));
}

// Each view starts the model, and a second view takes the step of the first for the end of the play
// (https://github.com/jupyter-widgets/ipywidgets/issues/3967). To start what plays changes nothing.
PlayView.prototype.onPlayingChanged = function (this: PlayView) {
  this.updatePlaying();
  if (this.model.get("playing")) this.model.animate();
  else this.model.pause();
};

// A model that is closed while it plays would go on for ever.
const step = PlayModel.prototype.loop;
PlayModel.prototype.loop = function (this: PlayModel) {
  if (!isClosed(this)) step.call(this);
};

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
