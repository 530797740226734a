/**
 * The functions and classes that the chunks use from this script, so that they need no copies. The build replaces
 * imports of these files in the chunks (`scripts/chunks.mjs`).
 */
export {
  CommError,
  handlerError,
  isCommError,
  logError,
  MAX_MESSAGE_LENGTH,
  messageOf,
} from "../comm/errors.js";
export { DirectTransport } from "../connection/direct-transport.js";
export { onError, reportError } from "../connection/on-error.js";
export { sharedPage } from "../connection/shared-page.js";
export { shinyRuntime } from "../shiny/runtime.js";
export { newId } from "../util/id.js";
export { showLoading } from "../util/loading.js";
export { isObject, isPlainObject } from "../util/object.js";
export { isThenable } from "../util/promise.js";
export { RETRY_DELAYS_MS, retried } from "../util/retry.js";
export { shorten } from "../util/text.js";
