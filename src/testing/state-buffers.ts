/** A state with binary values ⇄ a state, buffers and their paths, as in ipywidgets. */
import { checkBufferPaths } from "../comm/buffers.js";
import type { JsonObject } from "../comm/messages.js";
import { isPlainObject } from "../util/object.js";

/** A value that a server can send as a buffer. */
export type Binary = ArrayBuffer | ArrayBufferView;

/** A state in the parts of a message. */
export interface SplitState {
  /** The state without the binary values: array items are `null`, keys are absent. */
  readonly state: JsonObject;
  /** The keys and indices of each buffer's place in the state. */
  readonly buffer_paths: (string | number)[][];
  /** The buffers, in the order of the paths; not copied. */
  readonly buffers: Binary[];
}

/**
 * Extracts the binary values (`ArrayBuffer`s and views) from a state, like ipywidgets' `_remove_buffers`.
 * The state is not changed; the result shares its parts without binary values.
 *
 * @example
 * ```ts
 * import { removeBuffers } from "shiny-comm/testing";
 *
 * const { state, buffer_paths, buffers } = removeBuffers({ n: 1, data: { x: Uint8Array.of(7) } });
 * console.log(JSON.stringify([state, buffer_paths]), buffers.length);
 * // [{"n":1,"data":{}},[["data","x"]]] 1
 * ```
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
 * Inserts buffers into a state, which is changed.
 *
 * @example
 * ```ts
 * import { putBuffers } from "shiny-comm/testing";
 *
 * const state = { list: [null] };
 * putBuffers(state, [["list", 0]], [Uint8Array.of(7)]);
 * console.log(JSON.stringify(state)); // {"list":[{"0":7}]}
 * ```
 * @throws {RangeError} when the state has no place for a path, or a path has no buffer
 */
export function putBuffers(
  state: JsonObject,
  buffer_paths: readonly (readonly (string | number)[])[],
  buffers: readonly Binary[],
): void {
  checkBufferPaths(state, buffer_paths, buffers.length);
  buffer_paths.forEach((path, index) => {
    let place: object = state;
    for (const key of path.slice(0, -1)) place = Reflect.get(place, key);
    Reflect.set(place, path.at(-1) ?? "", buffers[index]);
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
