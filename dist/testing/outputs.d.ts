/** Shiny's output bindings: the base class, the registry, and the binding of elements. */
import type { ShinyBindingRegistry, ShinyErrorValue, ShinyOutputBinding } from "../shiny/runtime.js";
export declare const BOUND_CLASS = "shiny-bound-output";
/** Shiny's `OutputBinding`. */
export declare class OutputBinding implements ShinyOutputBinding {
    find(_scope: unknown): unknown;
    renderValue(_el: HTMLElement, _value: unknown): unknown;
    getId(el: HTMLElement): string;
    onValueChange(el: HTMLElement, value: unknown): Promise<void>;
    onValueError(el: HTMLElement, error: ShinyErrorValue): void;
    renderError(el: HTMLElement, { message, type }: ShinyErrorValue): void;
    clearError(el: HTMLElement): void;
    showProgress(el: HTMLElement, show: boolean): void;
}
interface Registered {
    readonly binding: ShinyOutputBinding & {
        name?: string;
    };
    priority: number;
}
/** Shiny's `outputBindings`. */
export declare class BindingRegistry implements ShinyBindingRegistry {
    readonly bindings: Registered[];
    readonly bindingNames: Record<string, Registered>;
    register(binding: ShinyOutputBinding, name: string, priority?: number): void;
    /** Returns the bindings by priority, the newest of equal ones first. */
    getBindings(): Registered[];
}
/** A bound element, the argument of `shinyapp.bindOutput`. */
export interface BoundOutput {
    readonly el: HTMLElement;
    readonly binding: ShinyOutputBinding;
    onValueChange(value: unknown): Promise<void>;
    onValueError(error: ShinyErrorValue): void;
    showProgress(show: boolean): void;
}
export declare function bound(el: HTMLElement, given: ShinyOutputBinding): BoundOutput;
/** Returns the elements that a binding finds in a scope; Shiny accepts any array-like value. */
export declare function matches(binding: ShinyOutputBinding, scope: unknown): HTMLElement[];
export {};
