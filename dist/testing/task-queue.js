// src/testing/task-queue.ts
var TaskQueue = class {
  #onError;
  #tasks = [];
  #idleLoops = [];
  #loops = 0;
  /** @param onError hears of what a task throws; the next is run all the same */
  constructor(onError) {
    this.#onError = onError;
  }
  enqueue(task) {
    const loop = this.#idleLoops.shift();
    if (loop) loop(task);
    else this.#tasks.push(task);
  }
  /** Nothing waits, and nothing runs. */
  get isIdle() {
    return this.#tasks.length === 0 && this.#idleLoops.length === this.#loops;
  }
  /**
   * Begins to run tasks. Shiny calls it for each session and never ends a loop: after a reconnect
   * two tasks can be under way at a time. That is so here too.
   */
  async run() {
    this.#loops += 1;
    for (; ; ) {
      const task = this.#tasks.shift() ?? await this.#next();
      try {
        await task();
      } catch (error) {
        this.#onError(error);
      }
    }
  }
  #next() {
    return new Promise((resolve) => this.#idleLoops.push(resolve));
  }
};
export {
  TaskQueue
};
