/** Loads something again after a network failure. */

/** The delays between the attempts, in ms. */
export const RETRY_DELAYS_MS: readonly number[] = [500, 1_000, 2_000, 4_000];

/**
 * Calls `load` until it succeeds, up to five times. The same error object, thrown again, ends the
 * attempts. Browsers cache the error of a module that throws, and make a new one for each failed fetch.
 *
 * @param mayPass whether another attempt can succeed after this error
 * @throws the error of the last attempt
 */
export async function retried<T>(
  load: () => Promise<T>,
  mayPass: (error: unknown) => boolean = () => true,
): Promise<T> {
  let previous: unknown;
  for (const delay of RETRY_DELAYS_MS) {
    try {
      return await load();
    } catch (error) {
      if (error === previous || !mayPass(error)) throw error;
      previous = error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  return load();
}
