import { type MessageKind } from "../comm/messages.js";
import { type OutputSink } from "./output-binding.js";
import { type ShinyRuntime } from "./runtime.js";
/** Takes all that comes from the Shiny runtime. */
export interface ShinySink extends OutputSink {
    message(kind: MessageKind, payload: unknown): void;
    /** A new session begins: whatever came before is not of it. May be told more than once. */
    sessionBegins(): void;
}
/**
 * Connects a sink to the runtime.
 *
 * The stock client may be on the same page, before or after: its handlers and its binding are
 * left without work, and `onRival` hears of it once.
 *
 * @returns the undo
 */
export declare function connectShiny(shiny: ShinyRuntime, sink: ShinySink, onRival?: () => void): () => void;
