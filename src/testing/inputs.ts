/** Shiny's handling of input values, until they are sent. */
import type { JsonObject } from "../comm/messages.js";
import type { PageEvent } from "./page.js";

export interface InputOptions {
  priority?: "deferred" | "immediate" | "event";
}

export interface InputTarget {
  sendInput(values: JsonObject): void;
  readonly taskQueue: { enqueue(task: () => unknown): unknown };
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
export class Inputs {
  readonly #target: InputTarget;
  readonly #trigger: TriggerInput;
  readonly #deferred: Map<string, { value: unknown; options: Required<InputOptions> }> | undefined;
  readonly #lastSent = new Map<string, string>();
  #pending: JsonObject = {};
  #sending = false;

  constructor(target: InputTarget, trigger: TriggerInput, submitButton: boolean) {
    this.#target = target;
    this.#trigger = trigger;
    this.#deferred = submitButton ? new Map() : undefined;
  }

  set(name: string, value: unknown, { priority = "immediate" }: InputOptions = {}): void {
    if (!["deferred", "immediate", "event"].includes(priority)) {
      throw new Error(`Unexpected input value mode: '${priority}'`);
    }
    if (!name) throw new Error("Can't set input with empty name.");
    if (this.#deferred && !name.startsWith(".")) {
      this.#deferred.set(name, { value, options: { priority } });
    } else {
      this.#announce(name, value, priority);
    }
  }

  /** Sends the deferred values, as the submit button does. */
  submit(): void {
    for (const [name, { value, options }] of this.#deferred ?? []) {
      this.#announce(name, value, options.priority);
    }
  }

  /** Marks the initial values of a session as sent. */
  reset(values: JsonObject): void {
    this.#lastSent.clear();
    for (const [name, value] of Object.entries(values)) this.#remember(name, value);
  }

  forget(name: string): void {
    this.#lastSent.delete(name);
  }

  #announce(given: string, value: unknown, priority: string): void {
    const [name = "", inputType = ""] = given.split(":");
    const event = this.#trigger("shiny:inputchanged", {
      name,
      inputType,
      value,
      binding: null,
      el: null,
      priority,
    });
    if (event.isDefaultPrevented()) return;
    const nameType = event.inputType === "" ? `${event.name}` : `${event.name}:${event.inputType}`;
    const isNew = this.#remember(nameType, event.value);
    if (priority !== "event" && !isNew) return;
    this.#pending[nameType] = event.value;
    if (this.#sending) return;
    if (priority === "event") this.#send();
    else this.#target.taskQueue.enqueue(() => this.#send());
  }

  #remember(nameType: string, value: unknown): boolean {
    const [name = "", inputType = ""] = nameType.split(":");
    const text = JSON.stringify([value, inputType]);
    if (this.#lastSent.get(name) === text) return false;
    this.#lastSent.set(name, text);
    return true;
  }

  #send(): void {
    this.#sending = true;
    try {
      const values = this.#pending;
      this.#pending = {};
      this.#target.sendInput(values);
    } finally {
      this.#sending = false;
    }
  }
}
