/**
 * Applies updates: immediately if nothing is pending, and without a failed update blocking later ones.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault, performance
 * Fault: An update that fails leaves `state_change` rejected, and all later updates and views fail.
 *   Errors of listeners are only logged, other errors are logged and thrown. An update waits forever
 *   for a view whose `render` awaits that update. An echo takes back changes that are newer than it.
 * Issue: docs/upstream/failed-update.md
 * Gain: Most updates need no promise.
 * Remove: when `_handle_comm_msg` recovers from failures and ignores stale echoes.
 * Test: tests/widgets/patches.test.ts
 */
import { WidgetModel } from "@jupyter-widgets/base";
import { type CommMsgMessage, ECHO_UPDATE } from "../../../comm/messages.js";
import { isObject } from "../../../util/object.js";
import { within } from "../../../util/within.js";
import { modelClassInternals, modelInternals, putBuffers } from "../internals.js";
import { hasDeserializer } from "./deserialization.js";

/** How long an update waits for a view that is being rendered, in ms. */
const RENDER_WAIT_MS = 10_000;

/** The result for an update that was applied synchronously, as most are. */
export const APPLIED = Promise.resolve();

/** The `state_change` of models for which it has settled: the next plain update does not wait. */
const settled = new WeakMap<WidgetModel, Promise<unknown>>();

const prototype = modelInternals(WidgetModel.prototype);
const { _handle_comm_msg } = prototype;

prototype._handle_comm_msg = function (this: WidgetModel, message) {
  const { method } = message.content.data;
  if (method !== "update" && method !== ECHO_UPDATE) return _handle_comm_msg.call(this, message);
  let handled: Promise<void>;
  if (settled.get(this) === this.state_change) {
    try {
      const deserialized = applyUpdate(this, message);
      if (!deserialized) return APPLIED;
      handled = deserialized;
    } catch (error) {
      return Promise.reject(error);
    }
  } else {
    // The `render` of a view may await this very update.
    handled = within(this.state_change, RENDER_WAIT_MS).then(() => applyUpdate(this, message));
  }
  const settle = () => void settled.set(this, change);
  const change = handled.then(settle, settle);
  this.state_change = change;
  return handled;
};

/** Does what base does with an update. @returns a promise if a value needs to be deserialized */
function applyUpdate(model: WidgetModel, message: CommMsgMessage): Promise<void> | undefined {
  const { data } = message.content;
  const state = isObject(data.state) ? data.state : {};
  putBuffers(state, data, message.buffers);
  if (data.method === ECHO_UPDATE) dropStale(model, state, message.parent_header?.msg_id);
  const Model = modelClassInternals(model.constructor);
  if (!Object.keys(state).some((key) => hasDeserializer(Model, key))) {
    model.set_state(state);
    return undefined;
  }
  const { widget_manager: manager } = model;
  const parts = "parts" in manager ? manager.parts : manager;
  return Model._deserialize_state(state, parts).then((deserialized) => {
    model.set_state(deserialized);
  });
}

/** Drops from an echo what was changed after the update that it answers. */
function dropStale(
  model: WidgetModel,
  state: Record<string, unknown>,
  answered: string | undefined,
): void {
  const {
    _expectedEchoMsgIds: expected,
    _msg_buffer: waiting,
    _buffered_state_diff: unsaved,
  } = modelInternals(model);
  for (const key of Object.keys(state)) {
    if (answered !== undefined && expected.has(key)) {
      const isExpected = expected.get(key) === answered;
      if (isExpected) expected.delete(key);
      // An earlier update's echo, or a newer change that waits to be sent.
      if (!isExpected || (waiting && Object.hasOwn(waiting, key))) delete state[key];
    }
    if (Object.hasOwn(unsaved, key)) delete state[key];
  }
}
