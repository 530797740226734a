/** Works around faults in the tags inputs of `@jupyter-widgets/controls`; loaded with all the controls. */
import type { WidgetModel } from "@jupyter-widgets/base";
import {
  FloatsInputView,
  IntsInputView,
  TagsInputView,
} from "@jupyter-widgets/controls/lib/widget_tagsinput.js";

/** What all tags inputs inherit from a class that is not exported. */
interface TagsInput {
  readonly el: HTMLElement;
  readonly taginput: HTMLInputElement;
  readonly model: WidgetModel;
  ondrop(event: DragEvent, index: number): void;
  render(): void;
  focus(): void;
}

// The field for a new tag is hidden while there are tags, until the control is clicked: the keyboard
// never gets to it. So the control can have the focus while the field has not, and passes it on.
const base = Object.getPrototypeOf(TagsInputView.prototype) as TagsInput;

const render = base.render;
base.render = function (this: TagsInput): void {
  render.call(this);
  const { el, taginput } = this;
  el.tabIndex = 0;
  el.addEventListener("focus", () => this.focus());
  taginput.addEventListener("focus", () => {
    el.tabIndex = -1;
  });
  taginput.addEventListener("blur", () => {
    el.tabIndex = 0;
  });
};

// `parseInt` takes 1 of "1e3" and of 1e21, `parseFloat` 2 of "2x", and of "Infinity" what JSON has not.
const parse = (fits: (number: number) => boolean) => (text: unknown) => {
  const number = String(text).trim() === "" ? Number.NaN : Number(text);
  return fits(number) ? number : Number.NaN;
};
IntsInputView.prototype.parseNumber = parse(Number.isInteger);
FloatsInputView.prototype.parseNumber = parse(Number.isFinite);

// A tag that is moved within its control is the text that a drag has, and no number any more.
const { ondrop } = base;
base.ondrop = function (this: TagsInput, event, index) {
  const { dataTransfer: data } = event;
  const from = Number.parseInt(data?.getData("index") ?? "", 10);
  if (Number.isNaN(from) || data?.getData("origin") !== this.model.model_id) {
    ondrop.call(this, event, index);
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const value = [...(this.model.get("value") as unknown[])];
  value.splice(from < index ? index - 1 : index, 0, ...value.splice(from, 1));
  this.model.set("value", value);
  this.model.save_changes();
};
