import type { JsonObject } from "../comm/messages.js";
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
export declare function removeBuffers(state: JsonObject): SplitState;
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
export declare function putBuffers(state: JsonObject, buffer_paths: readonly (readonly (string | number)[])[], buffers: readonly Binary[]): void;
export declare function isBinary(value: unknown): value is Binary;
