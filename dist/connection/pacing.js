// src/connection/pacing.ts
import { CommError, messageOf } from "../comm/errors.js";
import { isObject } from "../util/object.js";
import { sharedPage } from "./shared-page.js";
var THROTTLED_EVENTS = [
  "mousemove",
  "pointermove",
  "touchmove",
  "wheel",
  "scroll",
  "drag",
  "dragover"
];
var SETTINGS_ID = "shiny-comm-settings";
function setPacing(policy) {
  const page = sharedPage();
  const previous = page.pacing;
  page.pacing = policy;
  return () => {
    if (page.pacing === policy) page.pacing = previous;
  };
}
function pageThrottle(onError) {
  let settings;
  let policy;
  let current;
  return (content) => {
    const set = sharedPage().pacing;
    settings ??= set ? void 0 : pageSettings(onError);
    const now = set ?? settings ?? {};
    if (now !== policy) {
      policy = now;
      const { throttle = THROTTLED_EVENTS } = now;
      current = typeof throttle === "function" ? throttle : byEvent(throttle);
    }
    return current(content);
  };
}
function byEvent(names) {
  const throttled = new Set(names);
  return (content) => {
    if (!isObject(content)) return void 0;
    for (const name of [content.type, content.event]) {
      if (typeof name === "string" && throttled.has(name)) return name;
    }
    return void 0;
  };
}
function pageSettings(onError) {
  const text = document.getElementById(SETTINGS_ID)?.textContent;
  if (!text) return {};
  try {
    const settings = JSON.parse(text);
    if (!isObject(settings)) throw new TypeError("the settings are not an object");
    const { throttle } = settings;
    if (throttle === void 0) return {};
    if (Array.isArray(throttle) && throttle.every((name) => typeof name === "string")) {
      return { throttle };
    }
    throw new TypeError("throttle is not a list of event names");
  } catch (cause) {
    onError(new CommError("SETTINGS", `#${SETTINGS_ID}: ${messageOf(cause)}`, { cause }));
    return {};
  }
}
export {
  THROTTLED_EVENTS,
  pageThrottle,
  setPacing
};
