/** Waits that have an end. */

/** Settles with a promise, whatever becomes of it, or when the time is over. Never rejects. @param ms in ms */
export function within(promise: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    promise.then(settle, settle);
  });
}
