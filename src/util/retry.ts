/** Loads something again after a network failure. */
import { within } from "./within.js";

/** The delays between the attempts, in ms. */
export const RETRY_DELAYS_MS: readonly number[] = [500, 1_000, 2_000, 4_000];

/** How long a try waits for a network, in ms. The browser can be wrong about servers on the same machine. */
const OFFLINE_MS = 30_000;

/** Resolves after the delay before a try, and when the browser has a network. */
export async function retryDelay(delayMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (globalThis.navigator?.onLine !== false) return;
  await within(new Promise((resolve) => addEventListener("online", resolve)), OFFLINE_MS);
}

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
      await retryDelay(delay);
    }
  }
  return load();
}
