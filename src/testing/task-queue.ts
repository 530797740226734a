/** Shiny's task queue: runs frames from the server and other tasks, one after the other. */

export type Task = () => unknown;

export class TaskQueue {
  readonly #onError: (error: unknown) => void;
  readonly #tasks: Task[] = [];
  readonly #idleLoops: ((task: Task) => void)[] = [];
  #loops = 0;

  /** @param onError receives the error of a task; the next task runs anyway */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  enqueue(task: Task): void {
    const loop = this.#idleLoops.shift();
    if (loop) loop(task);
    else this.#tasks.push(task);
  }

  /** Whether no task waits or runs. */
  get isIdle(): boolean {
    return this.#tasks.length === 0 && this.#idleLoops.length === this.#loops;
  }

  /**
   * Runs tasks. As in Shiny, each session starts a loop that never ends, so after a reconnect two tasks can
   * run at the same time.
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
