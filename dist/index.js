// src/index.ts
import {
  CommError,
  isCommError
} from "./comm/errors.js";
import { connect } from "./connection/connect.js";
import { onError } from "./connection/on-error.js";
import { setPacing, THROTTLED_EVENTS } from "./connection/pacing.js";
import {
  registerWidgetModule
} from "./connection/register-widget-module.js";
export {
  CommError,
  THROTTLED_EVENTS,
  connect,
  isCommError,
  onError,
  registerWidgetModule,
  setPacing
};
