// src/comm/errors.ts
import { shorten } from "../util/text.js";
var MAX_MESSAGE_LENGTH = 2e3;
var BRAND = /* @__PURE__ */ Symbol.for("shiny-comm/error");
var TROUBLESHOOTING = "docs/guide/troubleshooting.md";
var CommError = class _CommError extends Error {
  /** @param message is shortened to 2,000 characters */
  constructor(code, message, options = {}) {
    const { comm_id, kind, advice, cause } = options;
    super(shorten(message, MAX_MESSAGE_LENGTH), cause === void 0 ? void 0 : { cause });
    this.code = code;
    this.comm_id = comm_id;
    this.kind = kind;
    const hasLink = advice?.includes(TROUBLESHOOTING) === true;
    this.advice = advice && !hasLink ? `${advice} See ${TROUBLESHOOTING}#${code.toLowerCase()}.` : advice;
    Object.defineProperties(this, {
      name: { value: `CommError [${code}]` },
      [BRAND]: { value: true }
    });
    const { captureStackTrace } = Error;
    captureStackTrace?.(this, _CommError);
  }
  /** Recognizes the errors of every copy of the package on the page. */
  static [Symbol.hasInstance](value) {
    if (this !== _CommError) return super[Symbol.hasInstance](value);
    return value instanceof Error && BRAND in value;
  }
};
function isCommError(thrown, code) {
  return thrown instanceof CommError && (code === void 0 || thrown.code === code);
}
function handlerError(comm_id, kind, cause) {
  if (isCommError(cause)) return cause;
  return new CommError(
    "HANDLER",
    `handler of ${kind} for comm ${comm_id} failed: ${messageOf(cause)}`,
    { comm_id, kind, cause }
  );
}
var logError = (error) => {
  const comm_id = isCommError(error) ? error.comm_id : void 0;
  if (comm_id === void 0 || error.message.includes(comm_id)) {
    console.error("[shiny-comm]", error);
  } else {
    console.error("[shiny-comm]", `comm ${shorten(comm_id, 200)}:`, error);
  }
};
function asError(thrown) {
  return thrown instanceof Error ? thrown : new CommError("HANDLER", messageOf(thrown));
}
function messageOf(thrown) {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
export {
  CommError,
  MAX_MESSAGE_LENGTH,
  asError,
  handlerError,
  isCommError,
  logError,
  messageOf
};
