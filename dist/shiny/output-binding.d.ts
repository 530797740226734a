/** The output binding for widgets: passes values and errors of outputs on, and never makes Shiny wait. */
import { type ShinyRuntime } from "./runtime.js";
/** The name of shinywidgets' own binding. */
export declare const BINDING_NAME = "shiny.IPyWidgetOutput";
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
export declare function registerOutputBinding(shiny: ShinyRuntime, sink: OutputSink): () => void;
