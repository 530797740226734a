// src/testing/inbox.ts
var TIMEOUT_MS = 5e3;
var { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;
var Inbox = class {
  #what;
  #items = [];
  #takers = /* @__PURE__ */ new Set();
  #closed;
  /** @param what the name of the items, for errors */
  constructor(what) {
    this.#what = what;
  }
  put(item) {
    for (const taker of this.#takers) {
      this.#takers.delete(taker);
      taker.resolve(item);
      return;
    }
    this.#items.push(item);
  }
  /** Returns the oldest item, or the next one. */
  next({ timeoutMs = TIMEOUT_MS } = {}) {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    if (this.#closed !== void 0) {
      return Promise.reject(new Error(`waited for ${this.#what}, but ${this.#closed}`));
    }
    return new Promise((resolve, reject) => {
      const taker = {
        resolve: (item) => {
          stopTimer(timer);
          resolve(item);
        },
        reject: (error) => {
          stopTimer(timer);
          reject(error);
        }
      };
      const timer = startTimer(() => {
        this.#takers.delete(taker);
        reject(new Error(`timeout after ${timeoutMs} ms: waited for ${this.#what}`));
      }, timeoutMs);
      this.#takers.add(taker);
    });
  }
  /** Rejects all waiting callers, and later ones, with the reason. */
  close(why) {
    this.#closed = why;
    for (const taker of this.#takers) {
      this.#takers.delete(taker);
      taker.reject(new Error(`waited for ${this.#what}, but ${why}`));
    }
  }
  reopen() {
    this.#closed = void 0;
  }
};
export {
  Inbox
};
