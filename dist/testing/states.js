// src/testing/states.ts
var ANYWIDGET_VERSION = "~0.11.*";
function anywidgetState({ esm, css, id }, traits = {}) {
  return {
    ...named({
      model: "AnyModel",
      view: "AnyView",
      module: "anywidget",
      version: ANYWIDGET_VERSION
    }),
    _esm: esm,
    ...css !== void 0 && { _css: css },
    ...id !== void 0 && { _anywidget_id: id },
    ...traits
  };
}
function classicState(options, traits = {}) {
  return { ...named(options), ...traits };
}
function amdDependency(module, url, version = "0.0.0") {
  const config = JSON.stringify({ paths: { [module]: url } });
  return {
    name: module,
    version,
    script: [],
    stylesheet: [],
    meta: [],
    head: `<script>window.require.config(${config})<\/script>`
  };
}
function named({ module, version, model, view }) {
  return {
    _model_module: module,
    _model_module_version: version,
    _model_name: model,
    _view_module: module,
    _view_module_version: version,
    _view_name: view
  };
}
export {
  amdDependency,
  anywidgetState,
  classicState
};
