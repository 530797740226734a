/** The fixed parts of widgets' states and opens, in the form of Python packages. */
import type { JsonObject } from "../comm/messages.js";

/** Options of {@link anywidgetState}. */
export interface AnywidgetOptions {
  /** The text or the address of the module. */
  esm: string;
  /** The text or the address of a style sheet. */
  css?: string;
  /** The name of the Python class, with its module. */
  id?: string;
}

/** The range of anywidget 0.9 and later; the client's host supports all of these versions. */
const ANYWIDGET_VERSION = "~0.11.*";

/**
 * Returns the state of an anywidget: the given traits, and the traits that name its module.
 *
 * @example
 * ```ts
 * import { anywidgetState } from "shiny-comm/testing";
 *
 * const state = anywidgetState({ esm: "export default { render() {} }" }, { value: 1 });
 * console.log(state._model_name, state.value); // AnyModel 1
 * ```
 */
export function anywidgetState(
  { esm, css, id }: AnywidgetOptions,
  traits: JsonObject = {},
): JsonObject {
  return {
    ...named({
      model: "AnyModel",
      view: "AnyView",
      module: "anywidget",
      version: ANYWIDGET_VERSION,
    }),
    _esm: esm,
    ...(css !== undefined && { _css: css }),
    ...(id !== undefined && { _anywidget_id: id }),
    ...traits,
  };
}

/** Options of {@link classicState}. */
export interface ClassicOptions {
  /** The npm name of the widget's module. */
  module: string;
  /** A semver range. */
  version: string;
  /** The name of the model's class in the module. */
  model: string;
  /** The name of the view's class. */
  view: string;
}

/**
 * Returns the state of a widget with classes in a module: the given traits, and the traits that name it.
 *
 * @example
 * ```ts
 * import { classicState } from "shiny-comm/testing";
 *
 * const names = { module: "gauge", version: "^1.0.0", model: "GaugeModel", view: "GaugeView" };
 * const state = classicState(names, { value: 1 });
 * console.log(state._model_module, state.value); // gauge 1
 * ```
 */
export function classicState(options: ClassicOptions, traits: JsonObject = {}): JsonObject {
  return { ...named(options), ...traits };
}

/**
 * Returns the dependency with the address of an AMD module, like shinywidgets for Jupyter's
 * `nbextension/index.js`.
 *
 * @example
 * ```ts
 * import { amdDependency } from "shiny-comm/testing";
 *
 * console.log(amdDependency("gauge", "/static/gauge").name); // gauge
 * ```
 * @param url the script's address, without `.js`
 */
export function amdDependency(module: string, url: string, version = "0.0.0"): JsonObject {
  const config = JSON.stringify({ paths: { [module]: url } });
  return {
    name: module,
    version,
    script: [],
    stylesheet: [],
    meta: [],
    head: `<script>window.require.config(${config})</script>`,
  };
}

function named({ module, version, model, view }: ClassicOptions): JsonObject {
  return {
    _model_module: module,
    _model_module_version: version,
    _model_name: model,
    _view_module: module,
    _view_module_version: version,
    _view_name: view,
  };
}
