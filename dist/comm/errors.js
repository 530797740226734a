// src/comm/errors.ts
import { shorten } from "../util/text.js";
var MAX_MESSAGE_LENGTH = 2e3;
var CommError = class extends Error {
  constructor(message, options = {}) {
    super(
      shorten(message, MAX_MESSAGE_LENGTH),
      options.cause === void 0 ? void 0 : { cause: options.cause }
    );
    this.name = "CommError";
    this.comm_id = options.comm_id;
    this.kind = options.kind;
    this.advice = options.advice;
  }
};
var DecodeError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "DecodeError";
  }
};
var EncodeError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "EncodeError";
  }
};
var ProtocolVersionError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "ProtocolVersionError";
  }
};
var UnknownTargetError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "UnknownTargetError";
  }
};
var UnknownCommError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "UnknownCommError";
  }
};
var DuplicateCommError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "DuplicateCommError";
  }
};
var OpenNotSupportedError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "OpenNotSupportedError";
  }
};
var ClosedCommError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "ClosedCommError";
  }
};
var NotConnectedError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "NotConnectedError";
  }
};
var HandlerError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "HandlerError";
  }
};
var ModuleLoadError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "ModuleLoadError";
  }
};
var WidgetError = class extends CommError {
  constructor() {
    super(...arguments);
    this.name = "WidgetError";
  }
};
function isCommError(thrown, name) {
  return thrown instanceof Error && "comm_id" in thrown && "advice" in thrown && (name === void 0 || thrown.name === name);
}
function handlerError(comm_id, kind, cause) {
  if (isCommError(cause)) return cause;
  const text = `${kind} for comm ${comm_id}: ${messageOf(cause)}`;
  return new HandlerError(text, { comm_id, kind, cause });
}
var logError = (error) => {
  const comm_id = isCommError(error) ? error.comm_id : void 0;
  if (comm_id === void 0 || error.message.includes(comm_id)) {
    console.error("[shiny-comm]", error);
  } else {
    console.error("[shiny-comm]", `comm ${shorten(comm_id, 200)}:`, error);
  }
};
function messageOf(thrown) {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
export {
  ClosedCommError,
  CommError,
  DecodeError,
  DuplicateCommError,
  EncodeError,
  HandlerError,
  MAX_MESSAGE_LENGTH,
  ModuleLoadError,
  NotConnectedError,
  OpenNotSupportedError,
  ProtocolVersionError,
  UnknownCommError,
  UnknownTargetError,
  WidgetError,
  handlerError,
  isCommError,
  logError,
  messageOf
};
