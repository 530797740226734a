/**
 * Disconnects a model from its comm before it is closed.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: When the server closes a comm, views are removed while the model still has that comm. Views
 *   that save `_view_count` or send a message as they are removed throw.
 * Issue: docs/upstream/closed-comm.md
 * Gain: No error as a widget is closed.
 * Remove: when `_handle_comm_closed` deletes `comm` first.
 * Test: tests/widgets/patches.test.ts
 */
import { WidgetModel } from "@jupyter-widgets/base";
import { type ModelInternals, modelInternals } from "../internals.js";

const prototype = modelInternals(WidgetModel.prototype);
const { _handle_comm_closed } = prototype;

prototype._handle_comm_closed = function (this: ModelInternals, message) {
  this._comm_live = false;
  delete this.comm;
  _handle_comm_closed.call(this, message);
};
