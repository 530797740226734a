/** The way of an input's value through Shiny's runtime, until it is sent. */
import type { JsonObject } from "../comm/messages.js";
import type { PageEvent } from "./page.js";

export interface InputOptions {
  priority?: "deferred" | "immediate" | "event";
}

export interface InputTarget {
  sendInput(values: JsonObject): void;
  readonly taskQueue: { enqueue(task: () => unknown): unknown };
}

/** Triggers an event on the document. @returns it, as listeners have left it */
export type TriggerInput = (type: string, properties: object) => PageEvent;

/**
 * `setInputValue` and what stands behind it. What is like Shiny's own: a page with a submit button
 * holds values back, and keeps one a name, unless the name begins with a dot; `shiny:inputchanged` can change a
 * value or keep it back; an equal value is not sent again, but as an event; values set while others are
 * being sent wait, one a name, for the next that is sent.
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

  /** The submit button is pressed. */
  submit(): void {
    for (const [name, { value, options }] of this.#deferred ?? []) {
      this.#announce(name, value, options.priority);
    }
  }

  /** The values that a session begins with count as sent. */
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
