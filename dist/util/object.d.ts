/** Type guards for objects. */
/** Returns whether a value is an object, and not an array, as a JSON object is. */
export declare function isObject(value: unknown): value is Record<string, unknown>;
/** Returns whether a value is an object without a class: a literal, or one without a prototype. */
export declare function isPlainObject(value: unknown): value is Record<string, unknown>;
