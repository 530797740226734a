// src/shiny/output-binding.ts
import { pageJQuery } from "./runtime.js";
var BINDING_NAME = "shiny.IPyWidgetOutput";
var PRIORITY = 10;
function registerOutputBinding(shiny, sink) {
  class WidgetOutputBinding extends shiny.OutputBinding {
    find(scope) {
      return pageJQuery()?.(scope).find(".shiny-ipywidget-output");
    }
    // Nothing is returned: Shiny would await it, and hold the whole app up for one slow widget.
    renderValue(el, value) {
      sink.render(el, value);
    }
    renderError(el, error) {
      sink.clear(el);
      el.style.visibility = "inherit";
      super.renderError(el, error);
    }
  }
  shiny.outputBindings.register(new WidgetOutputBinding(), BINDING_NAME, PRIORITY);
  shiny.shinyapp?.taskQueue?.enqueue(() => shiny.bindAll?.(document.body));
}
export {
  BINDING_NAME,
  registerOutputBinding
};
