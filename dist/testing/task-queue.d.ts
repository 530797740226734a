/** Shiny's task queue: frames from the server and whatever else is enqueued, one awaited after the other. */
export type Task = () => unknown;
export declare class TaskQueue {
    #private;
    /** @param onError hears of what a task throws; the next is run all the same */
    constructor(onError: (error: unknown) => void);
    enqueue(task: Task): void;
    /** Nothing waits, and nothing runs. */
    get isIdle(): boolean;
    /**
     * Begins to run tasks. Shiny calls it for each session and never ends a loop: after a reconnect
     * two tasks can be under way at a time. That is so here too.
     */
    run(): Promise<never>;
}
