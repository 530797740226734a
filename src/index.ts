/** The npm entry: named exports, no code of its own, no side effects. */
export { bytesOf, decodeBase64, encodeBase64 } from "./comm/buffers.js";
export { decode, encode } from "./comm/codec.js";
export { type CommChannel, ShinyComm } from "./comm/comm.js";
export {
  type CommManagerOptions,
  ShinyCommManager,
  type TargetCallback,
  type Transport,
} from "./comm/comm-manager.js";
export * from "./comm/errors.js";
export { decodeFrame, encodeFrame, FRAME_VERSION, type Frame } from "./comm/frames.js";
export * from "./comm/messages.js";
export { connectShiny, type ShinySink } from "./shiny/connect.js";
export type { OutputSink, OutputValue } from "./shiny/output-binding.js";
export { type PacingPolicy, setPacing, THINNED_EVENTS, type Thin } from "./shiny/pacing.js";
export { type ShinyRuntime, shinyRuntime } from "./shiny/runtime.js";
export { ShinyTransport, type ShinyTransportOptions } from "./shiny/transport.js";
