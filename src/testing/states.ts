/** The fixed parts of widgets' states and opens, as Python packages write them. */
import type { JsonObject } from "../comm/messages.js";

/** What {@link anywidgetState} needs to know. */
export interface AnywidgetOptions {
  /** The module: its text or its address. */
  esm: string;
  /** A style sheet: its text or its address. */
  css?: string;
  /** The Python class's name, with its module. */
  id?: string;
}

/** anywidget 0.9 and later name this range; the client has its own host for all of them. */
const ANYWIDGET_VERSION = "~0.11.*";

/** The state of an anywidget: its own traits, with those that name its module. */
export function anywidgetState({ esm, css, id }: AnywidgetOptions, traits: JsonObject = {}) {
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
  } as JsonObject;
}

/** What {@link classicState} needs to know. */
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

/** The state of a widget whose classes are in a module: its own traits, with those that name it. */
export function classicState(options: ClassicOptions, traits: JsonObject = {}): JsonObject {
  return { ...named(options), ...traits };
}

/**
 * The dependency by which a server says where an AMD module is, as shinywidgets writes it for
 * Jupyter's `nbextension/index.js`.
 *
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
