/**
 * Writes a value as Python's `json.dumps(value, ensure_ascii=False, allow_nan=False)` does, which
 * shinywidgets uses for messages: with `", "` and `": "` between the parts, and only necessary escapes.
 *
 * JavaScript cannot distinguish a float without a fraction (`1.0`) from an integer:
 *
 * - An integer within ±(2⁵³ − 1) is written as an `int` (`1`), and so is a `bigint`.
 * - Every other number is written as a `float` (`0.1`, `1e-07`, `1e+16`, `-0.0`).
 * - Keys of an object that look like indices (`"2"`, `"10"`) come first, in ascending order. A `Map` keeps
 *   its order.
 * - A `Date` is written as a `datetime` in UTC, a `Set` as a list. Keys with the value `undefined` are omitted.
 *
 * @example
 * ```ts
 * import { pythonJson } from "shiny-comm/testing";
 *
 * console.log(pythonJson({ n: 1, small: 1e-7, list: ["é", null] }));
 * // {"n": 1, "small": 1e-07, "list": ["é", null]}
 * ```
 * @throws {CommError} `ENCODE` for a value that JSON cannot represent: NaN, an infinity, `undefined` in a
 *   list, a function, a symbol, binary or circular data
 */
export declare function pythonJson(value: unknown): string;
