/** The output binding for widgets: passes values and errors of outputs on, and never makes Shiny wait. */

import { OUTPUT_SELECTOR } from "../util/page-names.js";
import { pageJQuery, type ShinyErrorValue, type ShinyRuntime } from "./runtime.js";
import { warnOfStockClient } from "./stock-client.js";

/** The name of shinywidgets' own binding. */
export const BINDING_NAME = "shiny.IPyWidgetOutput";

/** A priority above the stock client's, which is 0. */
const PRIORITY = 10;

/** The value of an output; `null` hides the output. */
export interface OutputValue {
  /** The id of the widget's comm. */
  model_id: string;
  /** Whether the widget fills its container. */
  fill: boolean;
  /** The Python package of the widget's class. */
  widget_pkg?: string;
}

/** Receives values and errors of outputs. */
export interface OutputSink {
  /** Shows the widget of a value. */
  render(el: HTMLElement, value: unknown): void;
  /** Removes the view: the output shows an error of Shiny, or nothing. */
  clear(el: HTMLElement): void;
}

/**
 * Registers the binding, and binds outputs that are on the page already. The stock client's binding is
 * replaced or rejected, with one warning.
 *
 * @returns the undo
 */
export function registerOutputBinding(shiny: ShinyRuntime, sink: OutputSink): () => void {
  let isRegistered = true;
  class WidgetOutputBinding extends shiny.OutputBinding {
    override find(scope: unknown): unknown {
      return pageJQuery()?.(scope).find(OUTPUT_SELECTOR);
    }

    // Shiny awaits a returned promise, which would delay the whole app for one slow widget.
    override renderValue(el: HTMLElement, value: unknown): void {
      if (isRegistered) sink.render(el, value);
    }

    override renderError(el: HTMLElement, error: ShinyErrorValue): void {
      if (isRegistered) sink.clear(el);
      el.style.visibility = "inherit";
      super.renderError(el, error);
    }
  }
  const registry = shiny.outputBindings;
  if (BINDING_NAME in (registry.bindingNames ?? {})) warnOfStockClient(shiny);
  registry.register(new WidgetOutputBinding(), BINDING_NAME, PRIORITY);
  const { register } = registry;
  const guardedRegister: typeof register = function (this: unknown, binding, name, priority) {
    if (isRegistered && name === BINDING_NAME) warnOfStockClient(shiny);
    else register.call(this, binding, name, priority);
  };
  registry.register = guardedRegister;

  // Dynamic UI may bring this script after Shiny has bound the outputs of the page.
  shiny.shinyapp?.taskQueue?.enqueue(() => shiny.bindAll?.(document.body));
  return () => {
    isRegistered = false;
    if (registry.register === guardedRegister) registry.register = register;
  };
}
