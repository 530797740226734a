/** Shiny's output bindings: the base class, the registry, and the binding of elements. */
import type {
  ShinyBindingRegistry,
  ShinyErrorValue,
  ShinyOutputBinding,
} from "../shiny/runtime.js";

export const BOUND_CLASS = "shiny-bound-output";
const ERROR_CLASS = "shiny-output-error";

/** Shiny's `OutputBinding`. */
export class OutputBinding implements ShinyOutputBinding {
  find(_scope: unknown): unknown {
    throw new Error("Not implemented");
  }

  renderValue(_el: HTMLElement, _value: unknown): unknown {
    throw new Error("Not implemented");
  }

  getId(el: HTMLElement): string {
    return el.getAttribute("data-input-id") || el.id;
  }

  async onValueChange(el: HTMLElement, value: unknown): Promise<void> {
    this.clearError(el);
    await this.renderValue(el, value);
  }

  onValueError(el: HTMLElement, error: ShinyErrorValue): void {
    this.renderError(el, error);
  }

  renderError(el: HTMLElement, { message, type = null }: ShinyErrorValue): void {
    this.clearError(el);
    if (message !== "") {
      const types = type === null ? [] : [type].flat();
      el.classList.add(ERROR_CLASS, ...types.map((name) => `${ERROR_CLASS}-${name}`));
    }
    el.textContent = message;
  }

  clearError(el: HTMLElement): void {
    el.className = el.className.replace(/(^|\s)shiny-output-error\S*/g, "");
  }

  showProgress(el: HTMLElement, show: boolean): void {
    el.classList.toggle("recalculating", show);
  }
}

interface Registered {
  readonly binding: ShinyOutputBinding & { name?: string };
  priority: number;
}

/** Shiny's `outputBindings`. */
export class BindingRegistry implements ShinyBindingRegistry {
  readonly bindings: Registered[] = [];
  readonly bindingNames: Record<string, Registered> = {};

  register(binding: ShinyOutputBinding, name: string, priority = 0): void {
    const registered: Registered = { binding, priority };
    this.bindings.unshift(registered);
    if (!name) return;
    this.bindingNames[name] = registered;
    registered.binding.name = name;
  }

  /** Returns the bindings by priority, the newest of equal ones first. */
  getBindings(): Registered[] {
    return this.bindings.toSorted((a, b) => b.priority - a.priority);
  }
}

/** A bound element, the argument of `shinyapp.bindOutput`. */
export interface BoundOutput {
  readonly el: HTMLElement;
  readonly binding: ShinyOutputBinding;
  onValueChange(value: unknown): Promise<void>;
  onValueError(error: ShinyErrorValue): void;
  showProgress(show: boolean): void;
}

export function bound(el: HTMLElement, given: ShinyOutputBinding): BoundOutput {
  // Every binding extends the class above.
  const binding = given as OutputBinding;
  return {
    el,
    binding,
    onValueChange: (value) => binding.onValueChange(el, value),
    onValueError: (error) => binding.onValueError(el, error),
    showProgress: (show) => binding.showProgress(el, show),
  };
}

/** Returns the elements that a binding finds in a scope; Shiny accepts any array-like value. */
export function matches(binding: ShinyOutputBinding, scope: unknown): HTMLElement[] {
  return Array.from((binding.find(scope) ?? []) as ArrayLike<HTMLElement>);
}
