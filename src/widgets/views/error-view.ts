/** What stands in a widget's place when it cannot be shown: an alert that says what failed, in words. */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { isCommError, MAX_MESSAGE_LENGTH, messageOf } from "../../comm/errors.js";
import { shorten } from "../../util/text.js";

const ERROR_CLASS = "shiny-comm-error";

/**
 * On a view's element that shows an error. The style sheet could tell by `:has`, which takes a third
 * of a second on a page of a thousand sliders.
 */
const FAILED_CLASS = "shiny-comm-failed";

/** Has a view's element show that it failed, in the place of whatever it shows. */
export function showFailure(el: HTMLElement, error: unknown): void {
  el.classList.add(FAILED_CLASS);
  el.replaceChildren(errorElement("This widget cannot be shown.", error));
}

/** Empties a view's element for the next try. */
export function clearView(el: HTMLElement): void {
  el.classList.remove(FAILED_CLASS);
  el.replaceChildren();
}

/** Builds the alert: a title, below it each cause in turn, and last what can be done about it. */
export function errorElement(title: string, error: unknown): HTMLElement {
  const box = document.createElement("div");
  box.className = ERROR_CLASS;
  box.setAttribute("role", "alert");
  const line = (part: string, text: string): void => {
    const element = document.createElement("p");
    element.className = `${ERROR_CLASS}-${part}`;
    element.textContent = text;
    box.append(element);
  };
  line("title", title);
  let told = title;
  let advice: string | undefined;
  for (let cause = error; cause !== undefined && cause !== null; cause = causeOf(cause)) {
    // The innermost knows best what to do.
    if (isCommError(cause)) advice = cause.advice ?? advice;
    const text = shorten(messageOf(cause), MAX_MESSAGE_LENGTH);
    // An error's message mostly ends with that of its cause.
    if (told.includes(text)) continue;
    told += text;
    line("detail", text);
  }
  if (advice !== undefined) line("advice", advice);
  return box;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** The model that takes the place of one that could not be made. It keeps the comm, so a close still frees it. */
export class FailedWidgetModel extends DOMWidgetModel {
  failure: unknown;

  override initialize(attributes: never, options: never): void {
    super.initialize(attributes, options);
    // The sign for a lost connection would say the wrong thing here.
    this.comm_live = true;
  }

  override _handle_comm_msg(): Promise<void> {
    // Its messages are for the widget that is not there; the failure has been reported.
    return Promise.resolve();
  }
}

/** Shows its model's failure; where there is none, nothing: the place of a widget is empty then. */
export class FailedWidgetView extends DOMWidgetView {
  /** In the place of a layout's view: there is nothing to undo. */
  unlayout(): void {}

  /** In the place of a style's view. */
  unstyle(): void {}

  override render(): void {
    const { failure } = this.model as FailedWidgetModel;
    if (failure !== undefined) showFailure(this.el, failure);
  }
}
