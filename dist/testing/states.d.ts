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
/** The state of an anywidget: its own traits, with those that name its module. */
export declare function anywidgetState({ esm, css, id }: AnywidgetOptions, traits?: JsonObject): JsonObject;
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
export declare function classicState(options: ClassicOptions, traits?: JsonObject): JsonObject;
/**
 * The dependency by which a server says where an AMD module is, as shinywidgets writes it for
 * Jupyter's `nbextension/index.js`.
 *
 * @param url the script's address, without `.js`
 */
export declare function amdDependency(module: string, url: string, version?: string): JsonObject;
