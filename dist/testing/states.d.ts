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
export declare function anywidgetState({ esm, css, id }: AnywidgetOptions, traits?: JsonObject): JsonObject;
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
export declare function classicState(options: ClassicOptions, traits?: JsonObject): JsonObject;
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
export declare function amdDependency(module: string, url: string, version?: string): JsonObject;
