/** The output binding for `.shiny-ipywidget-output`: hands values and errors of outputs on, and never makes Shiny wait. */
import { type ShinyRuntime } from "./runtime.js";
/** The stock client's name for its binding. */
export declare const BINDING_NAME = "shiny.IPyWidgetOutput";
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
export declare function registerOutputBinding(shiny: ShinyRuntime, sink: OutputSink): void;
