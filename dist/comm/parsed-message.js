// src/comm/parsed-message.ts
import { isObject } from "../util/object.js";
function isParsed(payload) {
  return isObject(payload) && payload.parsed !== void 0;
}
export {
  isParsed
};
