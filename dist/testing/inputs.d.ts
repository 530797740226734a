/** Shiny's handling of input values, until they are sent. */
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
/** Triggers an event on the document. @returns the event, which listeners may have changed */
export type TriggerInput = (type: string, properties: object) => PageEvent;
/**
 * `setInputValue` with the behavior of Shiny:
 *
 * - A page with a submit button defers values, one for each name, unless the name starts with a dot.
 * - A listener of `shiny:inputchanged` can change or cancel a value.
 * - An unchanged value is not sent again, except as an event.
 * - Values that are set while others are being sent wait, one for each name, for the next send.
 */
export declare class Inputs {
    #private;
    constructor(target: InputTarget, trigger: TriggerInput, submitButton: boolean);
    set(name: string, value: unknown, { priority }?: InputOptions): void;
    /** Sends the deferred values, as the submit button does. */
    submit(): void;
    /** Marks the initial values of a session as sent. */
    reset(values: JsonObject): void;
    forget(name: string): void;
}
