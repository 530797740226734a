/** Reads the values of promises synchronously, once they have settled. */

export class Settled {
  readonly #known = new WeakMap<PromiseLike<unknown>, { value?: unknown; failed?: true }>();

  /** Returns the value, or `undefined` while it is unknown: a settled promise needs one turn. */
  peek<T>(promise: PromiseLike<T>): T | undefined {
    return this.#look(promise).value as T | undefined;
  }

  isPending(promise: PromiseLike<unknown>): boolean {
    const known = this.#look(promise);
    return !("value" in known) && !known.failed;
  }

  #look(promise: PromiseLike<unknown>): { value?: unknown; failed?: true } {
    let known = this.#known.get(promise);
    if (!known) {
      const record: { value?: unknown; failed?: true } = {};
      known = record;
      this.#known.set(promise, record);
      promise.then(
        (value) => {
          record.value = value;
        },
        () => {
          record.failed = true;
        },
      );
    }
    return known;
  }
}
