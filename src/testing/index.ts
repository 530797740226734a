/** The entry `shiny-comm/testing`. Exports names only, without side effects. */
export {
  CommError,
  type CommErrorCode,
  type CommErrorOptions,
  isCommError,
  type MessageKind,
} from "../comm/errors.js";
export type { JsonObject } from "../comm/messages.js";
export type { OutputValue } from "../shiny/output-binding.js";
export type { ShinyApp, ShinyPort, ShinySocket } from "../shiny/runtime.js";
export {
  createShiny,
  type InMemoryRuntime,
  type InMemoryShiny,
  loadClient,
  type ShinyOptions,
} from "./in-memory-shiny.js";
export type { WaitOptions } from "./inbox.js";
export type { StandInDocument } from "./page.js";
export { pythonJson } from "./python-json.js";
export {
  type CommSession,
  type MessageParts,
  type OpenParts,
  type ServerCallback,
  ServerComm,
  ServerCommManager,
  type ServerCommOptions,
  type ServerMessage,
  type ServerTargetCallback,
} from "./server-comm.js";
export type { OutputContent, ServerOptions, ServerSession } from "./server-session.js";
export {
  type ChangeCallback,
  type CustomCallback,
  type CustomMessage,
  ServerWidget,
  type ServerWidgetOptions,
} from "./server-widget.js";
export { type Binary, putBuffers, removeBuffers, type SplitState } from "./state-buffers.js";
export {
  type AnywidgetOptions,
  amdDependency,
  anywidgetState,
  type ClassicOptions,
  classicState,
} from "./states.js";
