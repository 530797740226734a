// src/testing/task-queue.ts
var TaskQueue = class {
  #onError;
  #tasks = [];
  #idleLoops = [];
  #loops = 0;
  /** @param onError receives the error of a task; the next task runs anyway */
  constructor(onError) {
    this.#onError = onError;
  }
  enqueue(task) {
    const loop = this.#idleLoops.shift();
    if (loop) loop(task);
    else this.#tasks.push(task);
  }
  /** Whether no task waits or runs. */
  get isIdle() {
    return this.#tasks.length === 0 && this.#idleLoops.length === this.#loops;
  }
  /**
   * Runs tasks. As in Shiny, each session starts a loop that never ends, so after a reconnect two tasks can
   * run at the same time.
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
