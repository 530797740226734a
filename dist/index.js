// src/index.ts
import { decodeBase64, encodeBase64 } from "./comm/buffers.js";
import { decode, encode } from "./comm/codec.js";
import {
  ClosedCommError,
  CommError,
  DecodeError,
  DuplicateCommError,
  EncodeError,
  HandlerError,
  isCommError,
  ModuleLoadError,
  NotConnectedError,
  OpenNotSupportedError,
  ProtocolVersionError,
  UnknownCommError,
  UnknownTargetError,
  WidgetError
} from "./comm/errors.js";
import {
  decodeFrame,
  encodeFrame,
  FRAME_VERSION
} from "./comm/frames.js";
import { connect } from "./connection/connect.js";
import { onError } from "./connection/on-error.js";
import { setPacing, THINNED_EVENTS } from "./connection/pacing.js";
import {
  registerWidgetModule
} from "./connection/register-widget-module.js";
export {
  ClosedCommError,
  CommError,
  DecodeError,
  DuplicateCommError,
  EncodeError,
  FRAME_VERSION,
  HandlerError,
  ModuleLoadError,
  NotConnectedError,
  OpenNotSupportedError,
  ProtocolVersionError,
  THINNED_EVENTS,
  UnknownCommError,
  UnknownTargetError,
  WidgetError,
  connect,
  decode,
  decodeBase64,
  decodeFrame,
  encode,
  encodeBase64,
  encodeFrame,
  isCommError,
  onError,
  registerWidgetModule,
  setPacing
};
