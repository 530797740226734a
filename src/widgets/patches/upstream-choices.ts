/** Works around faults in the choices, containers and pickers of `@jupyter-widgets/controls`; loaded with all. */
import { Collapse } from "@jupyter-widgets/controls/lib/lumino/accordion.js";
import { ColorPickerView } from "@jupyter-widgets/controls/lib/widget_color.js";
import {
  RadioButtonsView,
  SelectionRangeSliderView,
  SelectionSliderView,
  SelectMultipleView,
  ToggleButtonsView,
} from "@jupyter-widgets/controls/lib/widget_selection.js";
import {
  AccordionView,
  StackView,
  TabView,
} from "@jupyter-widgets/controls/lib/widget_selectioncontainer.js";
import { time_serializers } from "@jupyter-widgets/controls/lib/widget_time.js";
import { FileUploadView } from "@jupyter-widgets/controls/lib/widget_upload.js";
import { TabBar, type Widget } from "@lumino/widgets";
import { equip } from "./upstream-sliders.js";

// Options come in one message and the index in the next. Until then the index may name more options
// than there are (https://github.com/jupyter-widgets/ipywidgets/issues/3876).
SelectMultipleView.prototype.updateSelection = function (this: SelectMultipleView) {
  const { options } = this.listbox;
  this.listbox.selectedIndex = -1;
  for (const index of (this.model.get("index") ?? []) as number[]) {
    if (options[index]) options[index].selected = true;
  }
};
SelectionRangeSliderView.prototype.updateReadout = function (
  this: SelectionRangeSliderView,
  index,
) {
  const labels = this.model.get("_options_labels") as string[];
  // After a change by the user it gets the first number alone, and is called again.
  this.readout.textContent = [index]
    .flat()
    .map((each) => labels[each] ?? "")
    .join("-");
};

// Nobody takes what is typed into the readout.
const updateSelectionSlider = SelectionSliderView.prototype.update;
SelectionSliderView.prototype.update = function (this: SelectionSliderView, options) {
  updateSelectionSlider.call(this, options);
  this.readout.contentEditable = "false";
};

// Buttons and radios are told by their labels: of two that are the same, by the first.
const updateRadios = RadioButtonsView.prototype.update;
RadioButtonsView.prototype.update = function (this: RadioButtonsView, options) {
  const { container, model } = this;
  if (model.hasChanged("_options_labels")) container.textContent = "";
  updateRadios.call(this, options);
  container.querySelectorAll("input").forEach((radio, index) => {
    radio.checked = model.get("index") === index;
    radio.disabled = model.get("disabled") as boolean;
  });
};

// Buttons are made anew when a label differs from the number of its button, which "0" and "1" do not,
// nor the labels that there are no more. The style of those made is that of before.
const updateButtons = ToggleButtonsView.prototype.update;
ToggleButtonsView.prototype.update = function (this: ToggleButtonsView, options) {
  const { buttongroup, model } = this;
  if (model.hasChanged("_options_labels")) buttongroup.textContent = "";
  updateButtons.call(this, options);
  buttongroup.querySelectorAll("button").forEach((button, index) => {
    button.classList.toggle("mod-active", model.get("index") === index);
  });
  this.update_button_style();
};

// A container takes for a choice of the user what the panel chooses as tabs come, go, or are not there yet.
let acting: Widget | undefined;

for (const prototype of [TabBar.prototype, Collapse.prototype]) {
  const { handleEvent } = prototype;
  prototype.handleEvent = function (this: Widget, event) {
    acting = this;
    try {
      handleEvent.call(this as never, event);
    } finally {
      acting = undefined;
    }
  };
}
for (const [{ prototype }, name] of [
  [AccordionView, "updatingChildren"],
  [TabView, "updatingTabs"],
] as const) {
  Object.defineProperty(prototype, name, {
    get(this: AccordionView | TabView) {
      return acting?.parent !== this.luminoWidget;
    },
    set() {},
  });
}

// A closed child takes its place in the accordion along. Where it was the one that stood open, the next
// choice would fold what is no longer there.
const places = Collapse.prototype as unknown as { isDisposed: boolean; _collapse(): void };
const { _collapse: collapse } = places;
places._collapse = function () {
  if (!this.isDisposed) collapse.call(this);
};

// The children of before are still there when index and titles are set, and go a moment later.
const { updateTabs } = TabView.prototype;
TabView.prototype.updateTabs = function (this: TabView) {
  updateTabs.call(this);
  const { childrenViews } = this;
  void Promise.all(childrenViews?.views ?? []).then(() => {
    if (!this.childrenViews) return;
    this.updateTitles();
    this.updateSelectedIndex();
  });
};
const { updateChildren } = AccordionView.prototype;
AccordionView.prototype.updateChildren = function (this: AccordionView) {
  updateChildren.call(this);
  const { children_views } = this;
  void Promise.all(children_views?.views ?? []).then(() => {
    if (!this.children_views) return;
    this.update_titles();
    this.update_selected_index();
  });
};

// The child that is chosen may be on its way.
const updateStack = StackView.prototype.update_children;
StackView.prototype.update_children = function (this: StackView) {
  const { model } = this;
  const children = model.get("children") as unknown[];
  if (children[model.get("selected_index") ?? 0]) updateStack.call(this);
  else void this.children_views?.update([]);
};

// Python's microseconds come as fractions of milliseconds, with which the text is no time.
const { deserialize } = time_serializers;
time_serializers.deserialize = (time) =>
  deserialize(time && { ...time, milliseconds: Math.floor(time.milliseconds) });

// Without a tooltip, the title would be "null".
const updateUpload = FileUploadView.prototype.update;
FileUploadView.prototype.update = function (this: FileUploadView) {
  updateUpload.call(this);
  if (this.model.get("tooltip") === null) this.el.removeAttribute("title");
};

// A slider of another orientation has new handles.
const regenerate = SelectionSliderView.prototype.regenSlider;
SelectionSliderView.prototype.regenSlider = function (this: SelectionSliderView, event) {
  regenerate.call(this, event);
  equip(this);
};

// A color that is not taken stays in the field.
const picker = ColorPickerView.prototype as unknown as ColorPicker;
const { _text_change: changeColor } = picker;
picker._text_change = function (this: ColorPicker) {
  changeColor.call(this);
  this._textbox.value = this.model.get("value") as string;
};

interface ColorPicker extends Pick<ColorPickerView, "model"> {
  readonly _textbox: HTMLInputElement;
  _text_change(): void;
}
