/** What has come and nobody has taken yet, and those who wait for the next. */

export interface WaitOptions {
  /** How long to wait, in ms. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;

// Tests with fake timers wait all the same, in real time.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

export class Inbox<T> {
  readonly #what: string;
  readonly #items: T[] = [];
  readonly #takers = new Set<{ resolve(item: T): void; reject(error: Error): void }>();
  #closed: string | undefined;

  /** @param what is waited for, for errors */
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

  /** The oldest that has not been taken, or the next that comes. */
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
        reject(new Error(`waited ${timeoutMs} ms for ${this.#what}, in vain`));
      }, timeoutMs);
      this.#takers.add(taker);
    });
  }

  /** Nothing more comes; those who wait are told why. */
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
