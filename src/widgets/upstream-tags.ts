/** Works around faults in the tags inputs of `@jupyter-widgets/controls`; loaded with all the controls. */
import { IntsInputView, TagsInputView } from "@jupyter-widgets/controls/lib/widget_tagsinput.js";

/** What all tags inputs inherit from a class that is not exported. */
interface TagsInput {
  readonly el: HTMLElement;
  readonly taginput: HTMLInputElement;
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

// `parseInt` takes 1 of "1e3" and of 1e21, and the view then throws as if these were no whole numbers.
IntsInputView.prototype.parseNumber = (text) => {
  const number = String(text).trim() === "" ? Number.NaN : Number(text);
  return Number.isInteger(number) ? number : Number.NaN;
};
