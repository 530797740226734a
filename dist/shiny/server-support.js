// src/shiny/server-support.ts
import { CommError } from "../comm/errors.js";
var ADVICE = "The stock server takes no comms that the browser opens. Use shiny_comm.use() in a Python app, or r/shiny_comm.R in an R app; or let the server open the comm.";
var ServerSupport = class {
  #state = "unknown";
  #waiting = /* @__PURE__ */ new Set();
  /** Whether the server is known to take opens and closes from the browser. */
  get takesOpens() {
    return this.#state === "taken";
  }
  /** @param announcement what the server says of itself, or `undefined` when it says nothing */
  announced(announcement) {
    const { version, opens } = announcement ?? {};
    this.#become(
      typeof version === "number" && version >= 1 && opens === true ? "taken" : "refused"
    );
  }
  sessionBegins() {
    this.#state = "unknown";
  }
  sessionEnds() {
    this.#become("over");
  }
  /**
   * Resolves when the server is known to take opens from the browser.
   *
   * @throws {CommError} `OPEN_NOT_SUPPORTED` when it is known not to
   * @throws {CommError} `NOT_CONNECTED` when the session is over
   */
  async opens(target_name) {
    while (this.#state === "unknown") {
      await new Promise((resolve) => this.#waiting.add(resolve));
    }
    const cannot = `cannot open a comm for ${JSON.stringify(target_name)}`;
    if (this.#state === "over")
      throw new CommError("NOT_CONNECTED", `${cannot}: there is no Shiny session`);
    if (this.#state === "refused") {
      throw new CommError(
        "OPEN_NOT_SUPPORTED",
        `${cannot}: this server takes no opens from the browser`,
        {
          advice: ADVICE
        }
      );
    }
  }
  #become(state) {
    this.#state = state;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
};
export {
  ServerSupport
};
