/** Combines promises and abort signals. */

/** Settles as a promise does, or resolves with `fallback` if the signal is aborted first. */
export function waitUntilAborted<T, I>(
  promise: Promise<T>,
  signal: AbortSignal,
  fallback: I,
): Promise<T | I> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(fallback);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Settles as a promise does. @throws (rejects) the error of `makeError` after the timeout */
export function withTimeout<T>(
  promise: Promise<T>,
  timeoutMs: number,
  makeError: () => Error,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(makeError()), timeoutMs);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

/** Returns a signal that is aborted as soon as one of the signals is. */
export function combineSignals(...signals: AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === "function") return AbortSignal.any(signals);
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}
