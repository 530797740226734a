/**
 * Tells radios and toggle buttons by their index.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: Views find a radio or a button by its label, and find the first of two equal ones. Buttons
 *   labeled "0" and "1" are not replaced, and neither are fewer buttons. Replaced buttons lack the style.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/2209
 * Gain: The selected option shows, whatever the labels.
 * Remove: when the views find options by index.
 * Test: tests/widgets/controls-edge.test.ts
 */
import {
  RadioButtonsView,
  ToggleButtonsView,
} from "@jupyter-widgets/controls/lib/widget_selection.js";

const { update: updateRadios } = RadioButtonsView.prototype;
RadioButtonsView.prototype.update = function (this: RadioButtonsView, options) {
  const { container, model } = this;
  if (model.hasChanged("_options_labels")) container.textContent = "";
  updateRadios.call(this, options);
  container.querySelectorAll("input").forEach((radio, index) => {
    radio.checked = model.get("index") === index;
    radio.disabled = model.get("disabled");
  });
};

const { update: updateButtons } = ToggleButtonsView.prototype;
ToggleButtonsView.prototype.update = function (this: ToggleButtonsView, options) {
  const { buttongroup, model } = this;
  if (model.hasChanged("_options_labels")) buttongroup.textContent = "";
  updateButtons.call(this, options);
  buttongroup.querySelectorAll("button").forEach((button, index) => {
    button.classList.toggle("mod-active", model.get("index") === index);
  });
  this.update_button_style();
};
