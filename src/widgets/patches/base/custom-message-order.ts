/**
 * Sends pending changes ahead of a custom message.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: A custom message overtakes changes that wait for the answer to an update. Later changes are merged
 *   with the changes before the message.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/252
 * Gain: The order in which a widget sends. The transport still throttles updates.
 * Remove: when base keeps updates and custom messages in order.
 * Test: tests/widgets/patches.test.ts
 */
import { WidgetModel } from "@jupyter-widgets/base";
import { type ModelInternals, modelInternals } from "../internals.js";

const prototype = modelInternals(WidgetModel.prototype);
const { send } = prototype;

prototype.send = function (this: ModelInternals, content, callbacks, buffers) {
  const { _msg_buffer: changes, _msg_buffer_callbacks: changesCallbacks } = this;
  if (changes && this.comm) {
    this._msg_buffer = null;
    this._msg_buffer_callbacks = null;
    this.rememberLastUpdateFor(this.send_sync_message(changes, changesCallbacks ?? {}));
  }
  send.call(this, content, callbacks, buffers);
};
