/** Looks into promises: what they have settled to, once they have. */

export class Settled {
  readonly #known = new WeakMap<PromiseLike<unknown>, { value?: unknown; failed?: true }>();

  /** @returns the value, or `undefined` while there is none; it takes a turn till it is known */
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
