/** A queue of items, and of callers that wait for the next item. */

export interface WaitOptions {
  /** The timeout, in ms. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;

// Tests with fake timers wait in real time.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

export class Inbox<T> {
  readonly #what: string;
  readonly #items: T[] = [];
  readonly #takers = new Set<{ resolve(item: T): void; reject(error: Error): void }>();
  #closed: string | undefined;

  /** @param what the name of the items, for errors */
  constructor(what: string) {
    this.#what = what;
  }

  put(item: T): void {
    for (const taker of this.#takers) {
      this.#takers.delete(taker);
      taker.resolve(item);
      return;
    }
    this.#items.push(item);
  }

  /** Returns the oldest item, or the next one. */
  next({ timeoutMs = TIMEOUT_MS }: WaitOptions = {}): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift() as T);
    if (this.#closed !== undefined) {
      return Promise.reject(new Error(`waited for ${this.#what}, but ${this.#closed}`));
    }
    return new Promise((resolve, reject) => {
      const taker = {
        resolve: (item: T) => {
          stopTimer(timer);
          resolve(item);
        },
        reject: (error: Error) => {
          stopTimer(timer);
          reject(error);
        },
      };
      const timer = startTimer(() => {
        this.#takers.delete(taker);
        reject(new Error(`timeout after ${timeoutMs} ms: waited for ${this.#what}`));
      }, timeoutMs);
      this.#takers.add(taker);
    });
  }

  /** Rejects all waiting callers, and later ones, with the reason. */
  close(why: string): void {
    this.#closed = why;
    for (const taker of this.#takers) {
      this.#takers.delete(taker);
      taker.reject(new Error(`waited for ${this.#what}, but ${why}`));
    }
  }

  reopen(): void {
    this.#closed = undefined;
  }
}
