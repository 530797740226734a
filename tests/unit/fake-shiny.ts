/** A Shiny runtime whose registrations a test can read. */
import { HANDLERS } from "../../src/comm/messages.js";
import { BINDING_NAME } from "../../src/shiny/output-binding.js";
import type { ShinyErrorValue, ShinyOutputBinding, ShinyRuntime } from "../../src/shiny/runtime.js";
import type { FullRuntime } from "../../src/testing/in-memory-shiny.js";
import { createShiny } from "../../src/testing/index.js";

type Handler = (payload: unknown) => void;

/** The in-memory runtime, with its registrations as properties. */
export class FakeShiny implements ShinyRuntime {
  readonly handlers = new Map<string, Handler>();
  readonly bindings: { binding: ShinyOutputBinding; name: string; priority: number }[] = [];
  readonly shownErrors: unknown[] = [];
  readonly OutputBinding: new () => ShinyOutputBinding;
  readonly outputBindings: FullRuntime["outputBindings"];
  readonly #runtime = createShiny().runtime as FullRuntime;

  constructor() {
    const { bindings, shownErrors } = this;
    this.OutputBinding = class extends this.#runtime.OutputBinding {
      // The in-memory binding writes into the element, which these tests do not have.
      override renderError(_el: HTMLElement, error: ShinyErrorValue): void {
        shownErrors.push(error);
      }
    };
    this.outputBindings = this.#runtime.outputBindings;
    const { register } = this.outputBindings;
    this.outputBindings.register = function (binding, name, priority = 0) {
      bindings.push({ binding, name, priority });
      register.call(this, binding, name, priority);
    };
  }

  addCustomMessageHandler(type: string, handler: Handler): void {
    this.#runtime.addCustomMessageHandler(type, handler);
    this.handlers.set(type, handler);
  }

  deliver(type: string, payload: unknown): unknown {
    return this.handlers.get(type)?.(payload);
  }
}

/** Registers handlers and the binding as the script of the stock client does. Returns the payloads it receives. */
export function stockClient(shiny: ShinyRuntime): unknown[] {
  const payloads: unknown[] = [];
  for (const type of Object.values(HANDLERS)) {
    shiny.addCustomMessageHandler(type, (payload) => void payloads.push(payload));
  }
  shiny.outputBindings.register(new shiny.OutputBinding(), BINDING_NAME);
  return payloads;
}
