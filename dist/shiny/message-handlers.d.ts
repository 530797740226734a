import type { MessageSink } from "../connection/shared-page.js";
import { type OutputSink } from "./output-binding.js";
import { type ShinyPort, type ShinyRuntime, type ShinySocket } from "./runtime.js";
/** Takes all that comes from the Shiny runtime. */
export interface ShinySink extends OutputSink, MessageSink {
}
/** Those of the messages of comms, by the names that Shiny knows them by. */
export type Handlers = ReadonlyMap<string, (payload: unknown) => void>;
/** Takes the comms' frames before Shiny does. */
export interface FrameIntake {
    /**
     * A session begins on a socket.
     *
     * @returns the version of binary frames that may come on it
     */
    begin(socket: ShinySocket): number;
    /** The session is over. */
    end(): void;
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
/**
 * The half of {@link connectShiny} that comms need.
 *
 * @param makeIntake where the comms' frames are not to come as any custom message does
 * @returns the undo
 */
export declare function connectMessages(shiny: ShinyPort, sink: MessageSink, onRival?: () => void, makeIntake?: (shiny: ShinyPort, handlers: Handlers) => FrameIntake): () => void;
/** The half of {@link connectShiny} that shows widgets. @returns the undo */
export declare function connectOutputs(shiny: ShinyRuntime, sink: OutputSink, onRival?: () => void): () => void;
