/** The npm entry: named exports without code or side effects. */
export type {
  Buffers,
  CloseCallback,
  Comm,
  CommTarget,
  MessageOptions,
  MsgCallback,
  OpenOptions,
  SendOptions,
} from "./comm/comm.js";
export {
  CommError,
  type CommErrorCode,
  type CommErrorOptions,
  isCommError,
} from "./comm/errors.js";
export type {
  CommCloseMessage,
  CommContent,
  CommMessage,
  CommMessageBase,
  CommMsgMessage,
  CommOpenContent,
  CommOpenMessage,
  JsonObject,
  MessageKind,
} from "./comm/messages.js";
export { type Connection, type ConnectOptions, connect } from "./connection/connect.js";
export { onError } from "./connection/on-error.js";
export { setPacing, THROTTLED_EVENTS } from "./connection/pacing.js";
export {
  registerWidgetModule,
  type WidgetModuleLoader,
} from "./connection/register-widget-module.js";
export type {
  ErrorListener,
  ErrorReport,
  PacingPolicy,
  Throttle,
  WidgetModuleHost,
} from "./connection/shared-page.js";
export type { ShinyApp, ShinyPort, ShinySocket } from "./shiny/runtime.js";
