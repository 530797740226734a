/** Shiny's task queue: frames from the server and whatever else is enqueued, one awaited after the other. */

export type Task = () => unknown;

export class TaskQueue {
  readonly #onError: (error: unknown) => void;
  readonly #tasks: Task[] = [];
  readonly #idleLoops: ((task: Task) => void)[] = [];
  #loops = 0;

  /** @param onError hears of what a task throws; the next is run all the same */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  enqueue(task: Task): void {
    const loop = this.#idleLoops.shift();
    if (loop) loop(task);
    else this.#tasks.push(task);
  }

  /** Nothing waits, and nothing runs. */
  get isIdle(): boolean {
    return this.#tasks.length === 0 && this.#idleLoops.length === this.#loops;
  }

  /**
   * Begins to run tasks. Shiny calls it for each session and never ends a loop: after a reconnect
   * two tasks can be under way at a time. That is so here too.
   */
  async run(): Promise<never> {
    this.#loops += 1;
    for (;;) {
      const task = this.#tasks.shift() ?? (await this.#next());
      try {
        await task();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  #next(): Promise<Task> {
    return new Promise((resolve) => this.#idleLoops.push(resolve));
  }
}
