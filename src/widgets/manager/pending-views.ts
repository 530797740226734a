/** Counts the views that are being made: a custom message without a listener waits for these. */
export class PendingViews {
  readonly #views = new Set<unknown>();

  /** Whether a view is being made. */
  get exist(): boolean {
    return this.#views.size > 0;
  }

  add(view: unknown): void {
    this.#views.add(view);
  }

  delete(view: unknown): void {
    this.#views.delete(view);
  }

  /** Counts a view, or an output with views in it, as pending until `done` settles. */
  addUntil(done: Promise<unknown>): void {
    this.#views.add(done);
    const end = (): void => this.delete(done);
    done.then(end, end);
  }

  clear(): void {
    this.#views.clear();
  }
}
