// src/comm/parsed-text.ts
import { isObject } from "../util/object.js";
function parsedIn(payload) {
  return isParsedText(payload) ? payload : void 0;
}
function isParsedText(payload) {
  return isObject(payload) && payload.parsed !== void 0;
}
export {
  parsedIn
};
