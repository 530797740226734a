/**
 * Deserializes only the attributes that have a deserializer.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: performance
 * Fault: `_deserialize_state` makes a promise for each attribute of a model; a layout has forty.
 * Issue: docs/upstream/performance.md
 * Gain: No promise for a model without references. See also the rows of many widgets in bench/README.md.
 * Remove: when `_deserialize_state` makes promises for deserialized attributes only.
 * Test: tests/widgets/patches.test.ts
 */
import { WidgetModel } from "@jupyter-widgets/base";
import { type ModelClassInternals, modelClassInternals } from "../internals.js";

const { _deserialize_state } = modelClassInternals(WidgetModel);

/** Returns whether a class deserializes an attribute, or deserializes states by its own method. */
export function hasDeserializer(Model: ModelClassInternals, key: string): boolean {
  return (
    Model._deserialize_state !== _deserialize_state ||
    Model.serializers?.[key]?.deserialize !== undefined
  );
}

/** Returns the attributes of a state that the class's serializers deserialize. */
export function serializedAttributes(
  Model: typeof WidgetModel,
  state: Record<string, unknown>,
): Record<string, unknown> {
  const { serializers } = Model;
  const serialized: Record<string, unknown> = {};
  for (const key in serializers) {
    if (serializers[key]?.deserialize && Object.hasOwn(state, key)) serialized[key] = state[key];
  }
  return serialized;
}

/**
 * Returns the attributes of a new model.
 *
 * @param serialized the result of {@link serializedAttributes}
 */
export function deserializeAttributes(
  Model: typeof WidgetModel,
  state: Record<string, unknown>,
  serialized: Record<string, unknown>,
  manager: unknown,
): Record<string, unknown> | Promise<Record<string, unknown>> {
  const internals = modelClassInternals(Model);
  if (internals._deserialize_state !== _deserialize_state) {
    return internals._deserialize_state(state, manager);
  }
  for (const _key in serialized) {
    return internals
      ._deserialize_state(serialized, manager)
      .then((deserialized) => ({ ...state, ...deserialized }));
  }
  return state;
}
