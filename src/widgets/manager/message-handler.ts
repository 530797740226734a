/** Hands messages to models. */
import type { WidgetModel } from "@jupyter-widgets/base";
import type { CommMsgMessage } from "../../comm/messages.js";
import { isObject } from "../../util/object.js";
import { APPLIED } from "../patches/base/updates.js";
import { modelInternals } from "../patches/internals.js";
import type { ModelOwnership } from "./ownership.js";
import type { DescriptionSanitizer } from "./sanitizer.js";
import { checkMethod } from "./validate.js";

export class MessageHandler {
  readonly #ownership: ModelOwnership;
  readonly #sanitizer: DescriptionSanitizer;

  constructor(ownership: ModelOwnership, sanitizer: DescriptionSanitizer) {
    this.#ownership = ownership;
    this.#sanitizer = sanitizer;
  }

  /** Hands a message to its model. @returns a promise unless the model has handled it already */
  handle(model: WidgetModel, message: CommMsgMessage): Promise<unknown> | undefined {
    checkMethod(message);
    const handle = (): Promise<void> | undefined => {
      const handled = modelInternals(model)._handle_comm_msg(message);
      return handled === APPLIED ? undefined : handled;
    };
    const { method, state } = message.content.data;
    if (!isObject(state)) return handle();
    if (method === "update") this.#ownership.changed(model.model_id, state);
    return state.description_allow_html === true ? this.#sanitizer.load().then(handle) : handle();
  }
}
