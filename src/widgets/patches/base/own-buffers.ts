/**
 * Sends only the bytes that a view of a buffer shows.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: fault
 * Fault: `remove_buffers` sends `view.buffer`, the whole buffer, for a typed array or `DataView`.
 * Issue: docs/upstream/remove-buffers.md
 * Gain: Correct data. Views that show their whole buffer are not copied.
 * Remove: when `remove_buffers` regards `byteOffset` and `byteLength`.
 * Test: tests/widgets/patches.test.ts
 */
import { WidgetModel } from "@jupyter-widgets/base";
import { isPlainObject } from "../../../util/object.js";
import { modelInternals } from "../internals.js";

const prototype = modelInternals(WidgetModel.prototype);
const { send_sync_message } = prototype;

prototype.send_sync_message = function (this: WidgetModel, state, callbacks) {
  return send_sync_message.call(this, withOwnBuffers(state), callbacks);
};

/** Returns a value in which each view shows its whole buffer. Only parts that differ are copied. */
function withOwnBuffers(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    if (byteOffset === 0 && byteLength === buffer.byteLength) return value;
    return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
  }
  if (Array.isArray(value)) {
    const items = value.map(withOwnBuffers);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withOwnBuffers(item)] as const);
  return entries.some(([key, item]) => item !== value[key]) ? Object.fromEntries(entries) : value;
}
