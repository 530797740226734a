/** The in-memory page of `shiny-comm/testing`, and spies in the place of a runtime's session; nothing else. */
import { afterEach, beforeEach, vi } from "vitest";
import type { JsonObject } from "../../src/comm/messages.js";
import type { ShinyEvent, ShinyRuntime } from "../../src/shiny/runtime.js";
import { createDocument, createJQuery } from "../../src/testing/page.js";

type Listener = (event: ShinyEvent) => void;

export class FakePage {
  readonly document = createDocument();
  /** Those who listen to the document, by the event's name. */
  readonly listeners = new Map<string, Set<Listener>>();
  readonly #jQuery = createJQuery();

  /** Who waits for the document's own events. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor() {
    Object.assign(this.document, {
      addEventListener: (name: string, listener: () => void): void => {
        const waiting = this.#waiting.get(name) ?? new Set();
        this.#waiting.set(name, waiting.add(listener));
      },
      removeEventListener: (name: string, listener: () => void): void => {
        this.#waiting.get(name)?.delete(listener);
      },
    });
  }

  set submitButton(isThere: boolean) {
    if (isThere) this.document.elements.set(".shiny-submit-button", {});
    else this.document.elements.delete(".shiny-submit-button");
  }

  set settings(textContent: string) {
    this.document.elements.set("#shiny-comm-settings", { textContent });
  }

  readonly jQuery = (target: unknown) => {
    if (target !== this.document) throw new Error("Shiny's events come from the document");
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

  /** An event of the document's own. */
  dispatch(name: string): void {
    for (const listener of [...(this.#waiting.get(name) ?? [])]) listener();
  }

  /** How many wait for events of the document's own. */
  waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  trigger(name: string, event: ShinyEvent = {}): void {
    this.#jQuery(this.document).trigger({ type: name, ...event });
  }
}

/** Puts a fake page in the place of the globals for each test, with fake timers. */
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
  /** What was sent, in order. */
  const texts = (): unknown[] => setInputValue.mock.calls.map(([, text]) => text);
  return { shiny, shinyapp, socket, setInputValue, sendInput, $inputValues, texts };
}

/** Lets all microtasks run. */
export const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
