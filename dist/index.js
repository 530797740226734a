// src/index.ts
import { decodeBase64, encodeBase64 } from "./comm/buffers.js";
import { decode, encode } from "./comm/codec.js";
import {
  CommError,
  isCommError
} from "./comm/errors.js";
import {
  decodeFrame,
  encodeFrame,
  FRAME_VERSION
} from "./comm/frames.js";
import { connect } from "./connection/connect.js";
import { onError } from "./connection/on-error.js";
import { setPacing, THROTTLED_EVENTS } from "./connection/pacing.js";
import {
  registerWidgetModule
} from "./connection/register-widget-module.js";
export {
  CommError,
  FRAME_VERSION,
  THROTTLED_EVENTS,
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
