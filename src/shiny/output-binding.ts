/** The output binding for `.shiny-ipywidget-output`: hands values and errors of outputs on, and never makes Shiny wait. */
import { pageJQuery, type ShinyErrorValue, type ShinyRuntime } from "./runtime.js";

/** The stock client's name for its binding. */
export const BINDING_NAME = "shiny.IPyWidgetOutput";

/** Above the stock client's, which registers with 0. */
const PRIORITY = 10;

/** What shinywidgets' renderers send; `null` hides the output. */
export interface OutputValue {
  /** Of the widget to be shown: its comm's id. */
  model_id: string;
  /** Whether it fills its place. */
  fill: boolean;
  /** The Python package that the widget's class is in. */
  widget_pkg?: string;
}

/** Takes what Shiny has to say of an output. */
export interface OutputSink {
  render(el: HTMLElement, value: unknown): void;
  /** The output shows an error of Shiny's (or nothing): whatever view was in it must go. */
  clear(el: HTMLElement): void;
}

/** Registers the binding; outputs that are on the page already are bound to it. */
export function registerOutputBinding(shiny: ShinyRuntime, sink: OutputSink): void {
  class WidgetOutputBinding extends shiny.OutputBinding {
    override find(scope: unknown): unknown {
      return pageJQuery()?.(scope).find(".shiny-ipywidget-output");
    }

    // Nothing is returned: Shiny would await it, and hold the whole app up for one slow widget.
    override renderValue(el: HTMLElement, value: unknown): void {
      sink.render(el, value);
    }

    override renderError(el: HTMLElement, error: ShinyErrorValue): void {
      sink.clear(el);
      el.style.visibility = "inherit";
      super.renderError(el, error);
    }
  }
  shiny.outputBindings.register(new WidgetOutputBinding(), BINDING_NAME, PRIORITY);

  // A page built by dynamic UI brings this script late, when Shiny may have bound what is there.
  shiny.shinyapp?.taskQueue?.enqueue(() => shiny.bindAll?.(document.body));
}
