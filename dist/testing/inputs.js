// src/testing/inputs.ts
var Inputs = class {
  #target;
  #trigger;
  #deferred;
  #lastSent = /* @__PURE__ */ new Map();
  #pending = {};
  #sending = false;
  constructor(target, trigger, submitButton) {
    this.#target = target;
    this.#trigger = trigger;
    this.#deferred = submitButton ? /* @__PURE__ */ new Map() : void 0;
  }
  set(name, value, { priority = "immediate" } = {}) {
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
  submit() {
    for (const [name, { value, options }] of this.#deferred ?? []) {
      this.#announce(name, value, options.priority);
    }
  }
  /** Marks the initial values of a session as sent. */
  reset(values) {
    this.#lastSent.clear();
    for (const [name, value] of Object.entries(values)) this.#remember(name, value);
  }
  forget(name) {
    this.#lastSent.delete(name);
  }
  #announce(given, value, priority) {
    const [name = "", inputType = ""] = given.split(":");
    const event = this.#trigger("shiny:inputchanged", {
      name,
      inputType,
      value,
      binding: null,
      el: null,
      priority
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
  #remember(nameType, value) {
    const [name = "", inputType = ""] = nameType.split(":");
    const text = JSON.stringify([value, inputType]);
    if (this.#lastSent.get(name) === text) return false;
    this.#lastSent.set(name, text);
    return true;
  }
  #send() {
    this.#sending = true;
    try {
      const values = this.#pending;
      this.#pending = {};
      this.#target.sendInput(values);
    } finally {
      this.#sending = false;
    }
  }
};
export {
  Inputs
};
