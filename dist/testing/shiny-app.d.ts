/** Shiny's `shinyapp`: the socket of the session, the frames that come, the inputs that go, the outputs. */
import type { JsonObject } from "../comm/messages.js";
import type { ShinyApp, ShinyErrorValue } from "../shiny/runtime.js";
import type { BoundOutput } from "./outputs.js";
import type { PageEvent } from "./page.js";
import { TaskQueue } from "./task-queue.js";
/** The browser's end of the wire, with the members of a `WebSocket` that Shiny uses. */
export interface InMemorySocket {
    /** The state: 0 connecting, 1 open, 3 closed. */
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
/** The part of `shinyapp` that clients use, with the behavior of Shiny 1.14. */
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
    /** Starts a new session with the inputs of the old one. */
    reconnect(): void;
    /** Returns whether a socket is open or connecting. */
    isConnected(): boolean;
    sendInput(values: JsonObject): void;
    bindOutput(id: string, output: BoundOutput): Promise<void>;
    unbindOutput(id: string, output: BoundOutput): boolean;
    /** Returns whether the output never had a value or an error. */
    isRecalculating(id: string): boolean;
    /** Handles a frame. The error of a handler skips the other handlers of the frame, and rejects. */
    dispatchMessage(data: string | ArrayBuffer): Promise<void>;
}
