/** The in-memory page of `shiny-comm/testing`, and a session made of spies. */
import { afterEach, beforeEach, vi } from "vitest";
import type { JsonObject } from "../../src/comm/messages.js";
import type { ShinyEvent, ShinyRuntime } from "../../src/shiny/runtime.js";
import { createDocument, createJQuery } from "../../src/testing/page.js";

type Listener = (event: ShinyEvent) => void;

export class FakePage {
  readonly document = createDocument();
  /** The listeners of jQuery events on the document, by event name. */
  readonly listeners = new Map<string, Set<Listener>>();
  readonly #jQuery = createJQuery();

  /** The listeners of DOM events on the document, by event name. */
  readonly #domListeners = new Map<string, Set<() => void>>();

  constructor() {
    Object.assign(this.document, {
      addEventListener: (name: string, listener: () => void): void => {
        const listeners = this.#domListeners.get(name) ?? new Set();
        this.#domListeners.set(name, listeners.add(listener));
      },
      removeEventListener: (name: string, listener: () => void): void => {
        this.#domListeners.get(name)?.delete(listener);
      },
    });
  }

  set submitButton(exists: boolean) {
    if (exists) this.document.elements.set(".shiny-submit-button", {});
    else this.document.elements.delete(".shiny-submit-button");
  }

  set settings(textContent: string) {
    this.document.elements.set("#shiny-comm-settings", { textContent });
  }

  readonly jQuery = (target: unknown) => {
    if (target !== this.document) throw new Error("Shiny triggers events on the document only");
    const scope = this.#jQuery(target);
    return {
      find: () => undefined,
      on: (name: string, listener: Listener) => {
        const listeners = this.listeners.get(name) ?? new Set();
        this.listeners.set(name, listeners.add(listener));
        scope.on(name, listener);
      },
      off: (name: string, listener: Listener) => {
        this.listeners.get(name)?.delete(listener);
        scope.off(name, listener);
      },
    };
  };

  /** Calls the listeners of a DOM event. */
  dispatch(name: string): void {
    for (const listener of [...(this.#domListeners.get(name) ?? [])]) listener();
  }

  /** Number of listeners of DOM events. */
  domListenerCount(): number {
    return [...this.#domListeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  trigger(name: string, event: ShinyEvent = {}): void {
    this.#jQuery(this.document).trigger({ type: name, ...event });
  }
}

/** Replaces the globals with a fake page for each test, with fake timers. */
export function useFakePage(): () => FakePage {
  let page: FakePage;
  beforeEach(() => {
    vi.useFakeTimers();
    page = new FakePage();
    vi.stubGlobal("document", page.document);
    vi.stubGlobal("jQuery", page.jQuery);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return () => page;
}

/** A runtime with a session. */
export function fakeShiny() {
  const $inputValues: JsonObject = {};
  const remember = (name: string, value: unknown): void => {
    $inputValues[name] = value;
  };
  const setInputValue = vi.fn<NonNullable<ShinyRuntime["setInputValue"]>>(remember);
  const sendInput = vi.fn((values: JsonObject) => void Object.assign($inputValues, values));
  const socket: { readyState: number } = { readyState: 1 };
  const shinyapp = {
    $socket: socket as { readyState: number } | null,
    isConnected: () => true,
    sendInput,
    $inputValues,
  };
  const shiny = { setInputValue, shinyapp } as unknown as ShinyRuntime;
  /** Returns the values sent so far, in order. */
  const texts = (): unknown[] => setInputValue.mock.calls.map(([, text]) => text);
  return { shiny, shinyapp, socket, setInputValue, sendInput, $inputValues, texts };
}

/** Lets all microtasks run. */
export const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
