/** A page's document and jQuery events, and the few members of Shiny that are used; nothing else. */
import { afterEach, beforeEach, vi } from "vitest";
import type { JsonObject } from "../../src/comm/messages.js";
import type { ShinyEvent, ShinyRuntime } from "../../src/shiny/runtime.js";

export class FakePage {
  readonly listeners = new Map<string, Set<(event: ShinyEvent) => void>>();
  submitButton = false;
  settings: string | undefined;

  /** Who waits for the document's own events. */
  readonly #waiting = new Map<string, Set<() => void>>();

  readonly document = {
    addEventListener: (name: string, listener: () => void): void => {
      const waiting = this.#waiting.get(name) ?? new Set();
      this.#waiting.set(name, waiting.add(listener));
    },
    removeEventListener: (name: string, listener: () => void): void => {
      this.#waiting.get(name)?.delete(listener);
    },
    querySelector: (selector: string): unknown =>
      selector === ".shiny-submit-button" && this.submitButton ? {} : null,
    getElementById: (id: string): unknown =>
      id === "shiny-comm-settings" && this.settings !== undefined
        ? { textContent: this.settings }
        : null,
  };

  readonly jQuery = (target: unknown) => {
    if (target !== this.document) throw new Error("Shiny's events come from the document");
    return {
      find: () => undefined,
      on: (name: string, listener: (event: ShinyEvent) => void) => {
        const listeners = this.listeners.get(name) ?? new Set();
        this.listeners.set(name, listeners.add(listener));
      },
      off: (name: string, listener: (event: ShinyEvent) => void) => {
        this.listeners.get(name)?.delete(listener);
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
    for (const listener of this.listeners.get(name) ?? []) listener(event);
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
