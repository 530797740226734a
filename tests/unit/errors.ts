/** What a call throws, for tests that look at more of an error than its message. */

type ErrorClass<E> = new (...args: never[]) => E;

/** The error of class `type` that `call` throws; anything else fails the test. */
export function thrownBy<E extends Error>(type: ErrorClass<E>, call: () => unknown): E {
  try {
    call();
  } catch (error) {
    if (error instanceof type) return error;
    throw new Error(`threw ${String(error)} instead of ${type.name}`, { cause: error });
  }
  throw new Error(`threw nothing instead of ${type.name}`);
}
