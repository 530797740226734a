/** What stands in a widget's place when it cannot be shown: an alert that says what failed, in words. */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { messageOf } from "../comm/errors.js";

export const ERROR_CLASS = "shiny-comm-error";

/** Builds the alert: a title, and below it each cause in turn. */
export function errorElement(title: string, error: unknown): HTMLElement {
  const box = document.createElement("div");
  box.className = ERROR_CLASS;
  box.setAttribute("role", "alert");
  const heading = document.createElement("p");
  heading.className = `${ERROR_CLASS}-title`;
  heading.textContent = title;
  box.append(heading);
  let told = title;
  for (let cause = error; cause !== undefined && cause !== null; cause = causeOf(cause)) {
    const text = messageOf(cause);
    // An error's message mostly ends with that of its cause.
    if (told.includes(text)) continue;
    told += text;
    const line = document.createElement("p");
    line.className = `${ERROR_CLASS}-detail`;
    line.textContent = text;
    box.append(line);
  }
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

export class FailedWidgetView extends DOMWidgetView {
  override render(): void {
    const { failure } = this.model as FailedWidgetModel;
    this.el.append(errorElement("This widget cannot be shown.", failure));
  }
}
