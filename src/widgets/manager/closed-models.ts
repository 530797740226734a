/** Remembers the models that were closed last. */

/** Maximum number of remembered ids. */
const MAX_CLOSED = 1_000;

export class ClosedModels {
  readonly #ids = new Set<string>();

  add(model_id: string): void {
    this.#ids.add(model_id);
    const [oldest] = this.#ids;
    if (oldest !== undefined && this.#ids.size > MAX_CLOSED) this.#ids.delete(oldest);
  }

  has(model_id: string): boolean {
    return this.#ids.has(model_id);
  }
}
