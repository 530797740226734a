/** References to models, as states contain them. */
import { MODEL_PREFIX } from "../../comm/messages.js";
import { isPlainObject } from "../../util/object.js";

/** Returns the id in a reference, or `undefined` for any other value. */
export function modelIdIn(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(MODEL_PREFIX)
    ? value.slice(MODEL_PREFIX.length)
    : undefined;
}

/** Returns the ids of all models that a value refers to, at any depth. */
export function modelIdsIn(value: unknown, ids: Set<string> = new Set()): Set<string> {
  const id = modelIdIn(value);
  if (id !== undefined) ids.add(id);
  // Buffers and instances of classes contain no references.
  else if (Array.isArray(value) || isPlainObject(value)) {
    for (const item of Object.values(value)) modelIdsIn(item, ids);
  }
  return ids;
}
