/** Combines promises and abort signals. */

/** Settles as a promise, or resolves with `instead` if the signal is aborted before. */
export function untilAborted<T, I>(
  promise: Promise<T>,
  signal: AbortSignal,
  instead: I,
): Promise<T | I> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(instead);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Settles as a promise. @throws (rejects) the error of `late` after the timeout */
export function withTimeout<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

/** Returns a signal that is aborted with the first of the signals. */
export function anySignal(...signals: AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === "function") return AbortSignal.any(signals);
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}
