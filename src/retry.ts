/** Tries again what a network that is cut for a moment made fail. */

/** How long after each failure, in ms. */
export const RETRIES_MS: readonly number[] = [500, 1_000, 2_000, 4_000];

/**
 * Loads something, up to five times in all. What throws the same error again is not loaded once more:
 * browsers do that where a module itself has thrown, and have a new error for each failed fetch.
 *
 * @param mayPass whether another try may end otherwise
 * @throws what the last try threw
 */
export async function retried<T>(
  load: () => Promise<T>,
  mayPass: (error: unknown) => boolean = () => true,
): Promise<T> {
  let before: unknown;
  for (const wait of RETRIES_MS) {
    try {
      return await load();
    } catch (error) {
      if (error === before || !mayPass(error)) throw error;
      before = error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return load();
}
