// src/testing/outputs.ts
var BOUND_CLASS = "shiny-bound-output";
var ERROR_CLASS = "shiny-output-error";
var OutputBinding = class {
  find(_scope) {
    throw new Error("Not implemented");
  }
  renderValue(_el, _value) {
    throw new Error("Not implemented");
  }
  getId(el) {
    return el.getAttribute("data-input-id") || el.id;
  }
  async onValueChange(el, value) {
    this.clearError(el);
    await this.renderValue(el, value);
  }
  onValueError(el, error) {
    this.renderError(el, error);
  }
  renderError(el, { message, type = null }) {
    this.clearError(el);
    if (message !== "") {
      const types = type === null ? [] : [type].flat();
      el.classList.add(ERROR_CLASS, ...types.map((name) => `${ERROR_CLASS}-${name}`));
    }
    el.textContent = message;
  }
  clearError(el) {
    el.className = el.className.replace(/(^|\s)shiny-output-error\S*/g, "");
  }
  showProgress(el, show) {
    el.classList.toggle("recalculating", show);
  }
};
var BindingRegistry = class {
  constructor() {
    this.bindings = [];
    this.bindingNames = {};
  }
  register(binding, name, priority = 0) {
    const registered = { binding, priority };
    this.bindings.unshift(registered);
    if (!name) return;
    this.bindingNames[name] = registered;
    registered.binding.name = name;
  }
  /** Returns the bindings by priority, the newest of equal ones first. */
  getBindings() {
    return this.bindings.toSorted((a, b) => b.priority - a.priority);
  }
};
function bound(el, given) {
  const binding = given;
  return {
    el,
    binding,
    onValueChange: (value) => binding.onValueChange(el, value),
    onValueError: (error) => binding.onValueError(el, error),
    showProgress: (show) => binding.showProgress(el, show)
  };
}
function matches(binding, scope) {
  return Array.from(binding.find(scope) ?? []);
}
export {
  BOUND_CLASS,
  BindingRegistry,
  OutputBinding,
  bound,
  matches
};
