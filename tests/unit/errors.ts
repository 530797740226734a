/** Returns what a call throws, for tests that look at more of an error than its message. */
import { type CommError, type CommErrorCode, isCommError } from "../../src/comm/errors.js";

type ErrorClass<E> = new (...args: never[]) => E;

/** Returns the error that `call` throws; fails the test unless the error has the code or the class. */
export function thrownBy(code: CommErrorCode, call: () => unknown): CommError;
export function thrownBy<E extends Error>(type: ErrorClass<E>, call: () => unknown): E;
export function thrownBy(expected: CommErrorCode | ErrorClass<Error>, call: () => unknown): Error {
  const name = typeof expected === "string" ? expected : expected.name;
  try {
    call();
  } catch (error) {
    if (typeof expected === "string" ? isCommError(error, expected) : error instanceof expected) {
      return error as Error;
    }
    throw new Error(`threw ${String(error)} instead of ${name}`, { cause: error });
  }
  throw new Error(`threw nothing instead of ${name}`);
}
