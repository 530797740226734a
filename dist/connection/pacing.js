// src/connection/pacing.ts
import { CommError, messageOf } from "../comm/errors.js";
import { sharedPage } from "./shared-page.js";
var THINNED_EVENTS = [
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
  sharedPage().pacing = policy;
}
function pageThinning(onError) {
  let settings;
  let policy;
  let current;
  return (content) => {
    const set = sharedPage().pacing;
    settings ??= set ? void 0 : pageSettings(onError);
    const now = set ?? settings ?? {};
    if (now !== policy) {
      policy = now;
      const { thin = THINNED_EVENTS } = now;
      current = typeof thin === "function" ? thin : byEvent(thin);
    }
    return current(content);
  };
}
function byEvent(names) {
  const thinned = new Set(names);
  return (content) => {
    if (typeof content !== "object" || content === null) return void 0;
    const { type, event } = content;
    return [type, event].find((name) => typeof name === "string" && thinned.has(name));
  };
}
function pageSettings(onError) {
  const text = document.getElementById(SETTINGS_ID)?.textContent;
  if (!text) return {};
  try {
    const { thin } = JSON.parse(text);
    if (thin === void 0) return {};
    if (Array.isArray(thin) && thin.every((name) => typeof name === "string")) return { thin };
    throw new TypeError("thin is not a list of names of events");
  } catch (cause) {
    onError(new CommError("SETTINGS", `#${SETTINGS_ID}: ${messageOf(cause)}`, { cause }));
    return {};
  }
}
export {
  THINNED_EVENTS,
  pageThinning,
  setPacing
};
