/** The alert that replaces a widget that cannot be shown. */
import { DOMWidgetModel, DOMWidgetView, type IWidgetManager } from "@jupyter-widgets/base";
import { isCommError, MAX_MESSAGE_LENGTH, messageOf } from "../../comm/errors.js";
import { shorten } from "../../util/text.js";

const ERROR_CLASS = "shiny-comm-error";

/** The class of a view's element that shows an error. `:has` takes 0.3 s on a page with 1,000 sliders. */
const FAILED_CLASS = "shiny-comm-failed";

/** Replaces the content of a view's element by the alert. */
export function showFailure(el: HTMLElement, error: unknown): void {
  el.classList.add(FAILED_CLASS);
  el.replaceChildren(createErrorElement("This widget cannot be shown.", error));
}

/** Empties a view's element before its module draws. */
export function clearView(el: HTMLElement): void {
  el.classList.remove(FAILED_CLASS);
  el.replaceChildren();
}

/** Builds the alert: a title, each cause in turn, and advice. */
export function createErrorElement(title: string, error: unknown): HTMLElement {
  const box = document.createElement("div");
  box.className = ERROR_CLASS;
  box.setAttribute("role", "alert");
  const addLine = (part: string, text: string): void => {
    const element = document.createElement("p");
    element.className = `${ERROR_CLASS}-${part}`;
    element.textContent = text;
    box.append(element);
  };
  addLine("title", title);
  let shownText = title;
  let advice: string | undefined;
  for (let cause = error; cause !== undefined && cause !== null; cause = causeOf(cause)) {
    // The innermost advice is the most specific.
    if (isCommError(cause)) advice = cause.advice ?? advice;
    const text = shorten(messageOf(cause), MAX_MESSAGE_LENGTH);
    // An error's message often ends with the message of its cause.
    if (shownText.includes(text)) continue;
    shownText += text;
    addLine("detail", text);
  }
  if (advice !== undefined) addLine("advice", advice);
  return box;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** Replaces a model that could not be made. It keeps the comm, so that the server can close it. */
export class FailedWidgetModel extends DOMWidgetModel {
  failure: Error | undefined;

  override initialize(attributes: never, options: never): void {
    super.initialize(attributes, options);
    // Otherwise the view shows the sign of a lost connection.
    this.comm_live = true;
  }

  override _handle_comm_msg(): Promise<void> {
    // The failure has been reported.
    return Promise.resolve();
  }
}

/** Makes a model that shows a failure, or nothing. */
export function createFailedModel(
  widget_manager: IWidgetManager,
  failure: Error | undefined,
  { model_id = "", comm }: { model_id?: string; comm?: unknown } = {},
): FailedWidgetModel {
  const model = new FailedWidgetModel({}, { widget_manager, model_id, comm });
  model.failure = failure;
  return model;
}

/** Shows the failure of its model, or nothing for a closed widget. */
export class FailedWidgetView extends DOMWidgetView {
  declare model: FailedWidgetModel;

  /** Undoes nothing, where a layout's view is expected. */
  unlayout(): void {}

  /** Undoes nothing, where a style's view is expected. */
  unstyle(): void {}

  override render(): void {
    const { failure } = this.model;
    if (failure !== undefined) showFailure(this.el, failure);
  }
}
