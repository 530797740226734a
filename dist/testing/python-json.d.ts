/**
 * Writes a value as `json.dumps(value, ensure_ascii=False, allow_nan=False)`, the way shinywidgets'
 * `json_packer` writes a message: `", "` and `": "` between the parts, no escapes beyond those that
 * JSON asks for.
 *
 * JavaScript has one kind of number where Python has two, so it cannot know of `1.0`, or any float
 * without a fraction, that it is one: an integer within ±(2⁵³ − 1) is written as Python's `int`
 * (`1`), every other number as its `float` (`0.1`, `1e-07`, `1e+16`, `-0.0`), a `bigint` as its
 * `int`. The keys of an object that look like indices (`"2"`, `"10"`) come first and in ascending
 * order, whatever order they were set in; a `Map` keeps its order. A `Date` is written as a
 * `datetime` in UTC, a `Set` as a list; an `undefined` in an object is left out.
 *
 * @throws {CommError} `ENCODE` when a value has no place in JSON: NaN and infinities, `undefined` in a list,
 *   functions, symbols, binary values (they travel as buffers), circular data
 */
export declare function pythonJson(value: unknown): string;
