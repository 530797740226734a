/** Shiny's task queue: runs frames from the server and other tasks, one after the other. */
export type Task = () => unknown;
export declare class TaskQueue {
    #private;
    /** @param onError receives the error of a task; the next task runs anyway */
    constructor(onError: (error: unknown) => void);
    enqueue(task: Task): void;
    /** Whether no task waits or runs. */
    get isIdle(): boolean;
    /**
     * Runs tasks. As in Shiny, each session starts a loop that never ends, so after a reconnect two tasks can
     * run at the same time.
     */
    run(): Promise<never>;
}
