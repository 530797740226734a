/** Waits for models that the server opens later. */

/** Ends one wait. */
type Waiter = (opened: boolean) => void;

/** Waits of one duration that end together. */
interface TimeoutGroup {
  readonly waiters: Set<Waiter>;
  /** The time until which other waits may join, in ms since the epoch. */
  readonly until: number;
}

/** Keeps the waits for models, and ends each when the model is opened or its timeout has passed. */
export class ModelWaiter {
  readonly #isOpen: (model_id: string) => boolean;
  /** Whether a model was closed, which the server does not open again. */
  readonly isGone: (model_id: string) => boolean;
  readonly #waiters = new Map<string, Set<Waiter>>();
  /** The newest timeout group of each duration. */
  readonly #timeoutGroups = new Map<number, TimeoutGroup>();

  /** @param isOpen whether the manager knows a model @param isGone whether a model was closed */
  constructor(isOpen: (model_id: string) => boolean, isGone: (model_id: string) => boolean) {
    this.#isOpen = isOpen;
    this.isGone = isGone;
  }

  /** The awaited models, by id. */
  get waiting(): ReadonlyMap<string, unknown> {
    return this.#waiters;
  }

  /**
   * Settles with whether a model is opened within `timeoutMs`, which may be exceeded by a tenth. A closed
   * model settles immediately.
   */
  opened(model_id: string, timeoutMs: number): Promise<boolean> {
    if (this.#isOpen(model_id)) return Promise.resolve(true);
    if (this.isGone(model_id)) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(model_id) ?? new Set();
      this.#waiters.set(model_id, waiters);
      const group = this.#timeoutGroup(timeoutMs);
      const waiter = (opened: boolean): void => {
        group.delete(waiter);
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiters.delete(model_id);
        resolve(opened);
      };
      group.add(waiter);
      waiters.add(waiter);
    });
  }

  /** Ends the waits for a model that is now open. */
  noteOpened(model_id: string): void {
    for (const waiter of [...(this.#waiters.get(model_id) ?? [])]) waiter(true);
  }

  /** Ends all waits without their models. */
  endAll(): void {
    const all = [...this.#waiters.values()].flatMap((waiters) => [...waiters]);
    for (const waiter of all) waiter(false);
  }

  /** Long lists wait for thousands of layouts and styles: one timer serves many of these waits. */
  #timeoutGroup(timeoutMs: number): Set<Waiter> {
    const newest = this.#timeoutGroups.get(timeoutMs);
    if (newest && Date.now() < newest.until) return newest.waiters;
    const waiters = new Set<Waiter>();
    const toleranceMs = timeoutMs / 10;
    this.#timeoutGroups.set(timeoutMs, { waiters, until: Date.now() + toleranceMs });
    setTimeout(() => {
      for (const waiter of waiters) waiter(false);
    }, timeoutMs + toleranceMs);
    return waiters;
  }
}
