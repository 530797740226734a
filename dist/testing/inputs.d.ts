/** The way of an input's value through Shiny's runtime, until it is sent. */
import type { JsonObject } from "../comm/messages.js";
import type { PageEvent } from "./page.js";
export interface InputOptions {
    priority?: "deferred" | "immediate" | "event";
}
export interface InputTarget {
    sendInput(values: JsonObject): void;
    readonly taskQueue: {
        enqueue(task: () => unknown): unknown;
    };
}
/** Triggers an event on the document. @returns it, as listeners have left it */
export type TriggerInput = (type: string, properties: object) => PageEvent;
/**
 * `setInputValue` and what stands behind it. What is like Shiny's own: a page with a submit button
 * holds values back, and keeps one a name, unless the name begins with a dot; `shiny:inputchanged` can change a
 * value or keep it back; an equal value is not sent again, but as an event; values set while others are
 * being sent wait, one a name, for the next that is sent.
 */
export declare class Inputs {
    #private;
    constructor(target: InputTarget, trigger: TriggerInput, submitButton: boolean);
    set(name: string, value: unknown, { priority }?: InputOptions): void;
    /** The submit button is pressed. */
    submit(): void;
    /** The values that a session begins with count as sent. */
    reset(values: JsonObject): void;
    forget(name: string): void;
}
