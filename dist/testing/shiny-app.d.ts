/** Shiny's `shinyapp`: the socket of the session, the frames that come, the inputs that go, the outputs. */
import type { JsonObject } from "../comm/messages.js";
import type { ShinyApp, ShinyErrorValue } from "../shiny/runtime.js";
import type { BoundOutput } from "./outputs.js";
import type { PageEvent } from "./page.js";
import { TaskQueue } from "./task-queue.js";
/** The browser's end of the wire, with the members of a `WebSocket` that Shiny uses. */
export interface InMemorySocket {
    /** 0 while it is being opened, 1 open, 3 closed. */
    readyState: number;
    readonly binaryType: "arraybuffer";
    onopen: () => void;
    onmessage: (event: Pick<MessageEvent, "data">) => void;
    onclose: (event: {
        code: number;
    }) => void;
    send(text: string): void;
}
export interface AppWiring {
    createSocket(): InMemorySocket;
    /** Triggers an event on an element, or on the document. */
    trigger(type: string, properties?: object, el?: HTMLElement): PageEvent;
    customMessage(messages: JsonObject): Promise<void>;
    sessionInitialized(): void;
    onError(error: unknown): void;
}
/** What of `shinyapp` clients use, and how it behaves in Shiny 1.14. */
export declare class InMemoryApp implements ShinyApp {
    #private;
    readonly taskQueue: TaskQueue;
    readonly $inputValues: JsonObject;
    readonly $bindings: Record<string, BoundOutput>;
    readonly $values: JsonObject;
    readonly $errors: Record<string, ShinyErrorValue>;
    $initialInput: JsonObject | null;
    $socket: InMemorySocket | null;
    config: {
        workerId: unknown;
        sessionId: unknown;
    } | null;
    constructor(wiring: AppWiring);
    connect(initialInput: JsonObject): void;
    /** A new session, with the inputs of the old one. */
    reconnect(): void;
    /** True while the socket is still being opened, too. */
    isConnected(): boolean;
    sendInput(values: JsonObject): void;
    bindOutput(id: string, output: BoundOutput): Promise<void>;
    unbindOutput(id: string, output: BoundOutput): boolean;
    /** Whether nothing was ever rendered in the output. */
    isRecalculating(id: string): boolean;
    /** Takes a frame. What a handler throws skips the other handlers of the frame, and goes to the task queue. */
    dispatchMessage(data: string | ArrayBuffer): Promise<void>;
}
