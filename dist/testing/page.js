// src/testing/page.ts
import { isObject } from "../util/object.js";
function createJQuery() {
  const listeners = /* @__PURE__ */ new WeakMap();
  const handlersOf = (target, type) => {
    const types = listeners.get(target) ?? /* @__PURE__ */ new Map();
    listeners.set(target, types);
    const handlers = types.get(type) ?? /* @__PURE__ */ new Set();
    types.set(type, handlers);
    return handlers;
  };
  const $ = (given) => {
    const targets = isScope(given) ? Array.from(given) : [given];
    const target = targets[0];
    const object = typeof target === "object" && target !== null ? target : {};
    const scope = Object.assign(targets, {
      on: (type, handler) => {
        handlersOf(object, type).add(handler);
        return scope;
      },
      off: (type, handler) => {
        handlersOf(object, type).delete(handler);
        return scope;
      },
      one: (type, handler) => {
        const once = (event) => {
          scope.off(type, once);
          handler(event);
        };
        return scope.on(type, once);
      },
      trigger: (given2) => {
        const event = typeof given2 === "string" ? makeEvent(given2) : asEvent(given2);
        for (const place of pathOf(object)) {
          for (const handler of [...handlersOf(place, event.type)]) handler(event);
        }
        return scope;
      },
      // This replaces `Array.prototype.find`, which no client of Shiny uses.
      find: (selector) => {
        const { querySelectorAll } = object;
        return querySelectorAll ? Array.from(querySelectorAll.call(object, selector)) : [];
      }
    });
    return scope;
  };
  return Object.assign($, { Event: makeEvent });
}
function createDocument() {
  const elements = /* @__PURE__ */ new Map();
  const events = new EventTarget();
  const find = (selector) => elements.get(selector) ?? null;
  return {
    elements,
    body: { dataset: {} },
    addEventListener: (type, listener) => events.addEventListener(type, listener),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener),
    querySelector: find,
    querySelectorAll: (selector) => elements.has(selector) ? [elements.get(selector)] : [],
    getElementById: (id) => find(`#${id}`)
  };
}
function makeEvent(type, properties = {}) {
  let prevented = false;
  return {
    ...properties,
    type,
    preventDefault: () => {
      prevented = true;
    },
    isDefaultPrevented: () => prevented
  };
}
function asEvent(given) {
  return "isDefaultPrevented" in given ? given : makeEvent(given.type, given);
}
function isScope(value) {
  return typeof value === "object" && value !== null && "trigger" in value && "length" in value;
}
function* pathOf(target) {
  for (let place = target; isObject(place); place = place.parentNode) yield place;
}
export {
  createDocument,
  createJQuery
};
