/** A replacement for the page in Node: jQuery's events, and a document that contains the elements of a test. */
import { isObject } from "../util/object.js";

/** A jQuery event, with its properties and methods. */
export interface PageEvent {
  readonly type: string;
  preventDefault(): void;
  isDefaultPrevented(): boolean;
  [property: string]: unknown;
}

type Handler = (event: never) => void;

/** A jQuery object, with the members that Shiny and its clients use. */
interface EventScope extends ArrayLike<unknown> {
  on(type: string, handler: Handler): EventScope;
  off(type: string, handler: Handler): EventScope;
  one(type: string, handler: Handler): EventScope;
  trigger(event: string | PageEvent | { type: string }): EventScope;
  find(selector: string): unknown[];
}

/** The part of jQuery that the in-memory Shiny uses. */
export interface EventJQuery {
  (target: unknown): EventScope;
  Event(type: string, properties?: object): PageEvent;
}

/**
 * Creates jQuery's events without jQuery. Event namespaces and delegation are unsupported; an event of an
 * element bubbles to the document.
 */
export function createJQuery(): EventJQuery {
  const listeners = new WeakMap<object, Map<string, Set<Handler>>>();
  const handlersOf = (target: object, type: string): Set<Handler> => {
    const types = listeners.get(target) ?? new Map<string, Set<Handler>>();
    listeners.set(target, types);
    const handlers = types.get(type) ?? new Set();
    types.set(type, handlers);
    return handlers;
  };
  const $ = (given: unknown): EventScope => {
    const targets = isScope(given) ? Array.from(given) : [given];
    const target = targets[0];
    const object = typeof target === "object" && target !== null ? target : {};
    const scope: EventScope = Object.assign(targets, {
      on: (type: string, handler: Handler) => {
        handlersOf(object, type).add(handler);
        return scope;
      },
      off: (type: string, handler: Handler) => {
        handlersOf(object, type).delete(handler);
        return scope;
      },
      one: (type: string, handler: Handler) => {
        const once: Handler = (event) => {
          scope.off(type, once);
          handler(event);
        };
        return scope.on(type, once);
      },
      trigger: (given: string | PageEvent | { type: string }) => {
        const event = typeof given === "string" ? makeEvent(given) : asEvent(given);
        for (const place of pathOf(object)) {
          for (const handler of [...handlersOf(place, event.type)]) handler(event as never);
        }
        return scope;
      },
      // This replaces `Array.prototype.find`, which no client of Shiny uses.
      find: (selector: string): unknown[] => {
        const { querySelectorAll } = object as Partial<ParentNode>;
        return querySelectorAll ? Array.from(querySelectorAll.call(object, selector)) : [];
      },
    }) as unknown as EventScope;
    return scope;
  };
  return Object.assign($, { Event: makeEvent });
}

/** The members of a document that the client uses in Node. */
export interface StandInDocument {
  /** The elements of the page, by selector; by `#id` for `getElementById`. */
  readonly elements: Map<string, unknown>;
  /** The body, with a `dataset`. */
  readonly body: object;
  /** Adds a listener for an event of the document. */
  addEventListener(type: string, listener: () => void): void;
  /** Removes a listener. */
  removeEventListener(type: string, listener: () => void): void;
  /** Returns the element of the selector, or `null`. */
  querySelector(selector: string): unknown;
  /** Returns the element of the selector as an array. */
  querySelectorAll(selector: string): unknown[];
  /** Returns the element of `#id`, or `null`. */
  getElementById(id: string): unknown;
}

/** Creates a document for Node; a test adds to `elements`. */
export function createDocument(): StandInDocument {
  const elements = new Map<string, unknown>();
  const events = new EventTarget();
  const find = (selector: string): unknown => elements.get(selector) ?? null;
  return {
    elements,
    body: { dataset: {} },
    addEventListener: (type, listener) => events.addEventListener(type, listener),
    removeEventListener: (type, listener) => events.removeEventListener(type, listener),
    querySelector: find,
    querySelectorAll: (selector) => (elements.has(selector) ? [elements.get(selector)] : []),
    getElementById: (id) => find(`#${id}`),
  };
}

function makeEvent(type: string, properties: object = {}): PageEvent {
  let prevented = false;
  return {
    ...properties,
    type,
    preventDefault: () => {
      prevented = true;
    },
    isDefaultPrevented: () => prevented,
  };
}

function asEvent(given: PageEvent | { type: string }): PageEvent {
  return "isDefaultPrevented" in given ? given : makeEvent(given.type, given);
}

function isScope(value: unknown): value is EventScope {
  return typeof value === "object" && value !== null && "trigger" in value && "length" in value;
}

/** Lists a target and its ancestors, up to the document. */
function* pathOf(target: object): Generator<object> {
  for (let place: unknown = target; isObject(place); place = place.parentNode) yield place;
}
