/**
 * Shows times with microseconds.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: Python's microseconds arrive as fractions of milliseconds, and the field shows no time at all.
 * Issue: docs/upstream/time-microseconds.md
 * Gain: The time shows, in milliseconds.
 * Remove: when the deserializer rounds milliseconds.
 * Test: tests/widgets/controls.test.ts
 */
import { time_serializers } from "@jupyter-widgets/controls/lib/widget_time.js";

const { deserialize } = time_serializers;
time_serializers.deserialize = (time) =>
  deserialize(time && { ...time, milliseconds: Math.floor(time.milliseconds) });
