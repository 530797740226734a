import type { JsonObject } from "../comm/messages.js";
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
export declare function removeBuffers(state: JsonObject): SplitState;
/**
 * Puts buffers into a state, which is changed.
 *
 * @throws {RangeError} when a path leads to no place in the state, or has no buffer
 */
export declare function putBuffers(state: JsonObject, buffer_paths: readonly (readonly (string | number)[])[], buffers: readonly Binary[]): void;
export declare function isBinary(value: unknown): value is Binary;
