/** A state's binary values ⇄ buffers and the paths to them, as ipywidgets takes them apart. */
import { checkBufferPaths } from "../comm/buffers.js";
import type { JsonObject } from "../comm/messages.js";
import { isPlainObject } from "../util/object.js";

/** What a server may send as a buffer. */
export type Binary = ArrayBuffer | ArrayBufferView;

/** A state in the parts that travel. */
export interface SplitState {
  /** Without the binary values: slots of lists hold `null`, keys are absent. */
  readonly state: JsonObject;
  /** For each buffer the keys and indices that lead to its place in the state. */
  readonly buffer_paths: (string | number)[][];
  /** In the order of the paths; not copied. */
  readonly buffers: Binary[];
}

/**
 * Takes the binary values (`ArrayBuffer`s and views) out of a state, as ipywidgets' `_remove_buffers`
 * does. The state is not changed; parts without binary values are in the result as they are.
 */
export function removeBuffers(state: JsonObject): SplitState {
  const buffer_paths: (string | number)[][] = [];
  const buffers: Binary[] = [];
  const take = (value: Binary, path: (string | number)[]): void => {
    buffers.push(value);
    buffer_paths.push(path);
  };
  return { state: split(state, [], take) as JsonObject, buffer_paths, buffers };
}

/**
 * Puts buffers into a state, which is changed.
 *
 * @throws {RangeError} when a path leads to no place in the state, or has no buffer
 */
export function putBuffers(
  state: JsonObject,
  buffer_paths: readonly (readonly (string | number)[])[],
  buffers: readonly Binary[],
): void {
  checkBufferPaths(state, buffer_paths, buffers.length);
  buffer_paths.forEach((path, index) => {
    let place: unknown = state;
    for (const key of path.slice(0, -1)) place = (place as JsonObject)[key];
    (place as JsonObject)[path.at(-1) ?? ""] = buffers[index];
  });
}

export function isBinary(value: unknown): value is Binary {
  return (
    ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]"
  );
}

type Take = (value: Binary, path: (string | number)[]) => void;

function split(value: unknown, path: (string | number)[], take: Take): unknown {
  if (Array.isArray(value)) {
    let result: unknown[] = value;
    value.forEach((item: unknown, index) => {
      const there = [...path, index];
      let without: unknown = null;
      if (isBinary(item)) take(item, there);
      else without = split(item, there, take);
      if (without === item) return;
      if (result === value) result = [...value];
      result[index] = without;
    });
    return result;
  }
  if (!isPlainObject(value)) return value;
  let result = value;
  for (const [key, item] of Object.entries(value)) {
    const there = [...path, key];
    const binary = isBinary(item);
    if (binary) take(item, there);
    const without = binary ? undefined : split(item, there, take);
    if (without === item) continue;
    if (result === value) result = { ...value };
    if (binary) delete result[key];
    else result[key] = without;
  }
  return result;
}
