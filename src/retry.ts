/** Tries again what a network that is cut for a moment made fail. */

/** How long after each failure, in ms. */
export const RETRIES_MS: readonly number[] = [500, 1_000, 2_000, 4_000];

/**
 * Loads something, up to five times in all.
 *
 * @throws what the last try threw
 */
export async function retried<T>(load: () => Promise<T>): Promise<T> {
  for (const wait of RETRIES_MS) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return load();
}
