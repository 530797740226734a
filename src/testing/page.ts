/** Stands in for a page where there is none, as in Node: jQuery's events, and a document with hardly an element. */

/** An event as jQuery makes them: the properties it was made with, beside the methods. */
export interface PageEvent {
  readonly type: string;
  preventDefault(): void;
  isDefaultPrevented(): boolean;
  [property: string]: unknown;
}

type Handler = (event: never) => void;

/** What {@link createJQuery} makes of a target: as much as Shiny and its clients ask of jQuery. */
interface EventScope extends ArrayLike<unknown> {
  on(type: string, handler: Handler): EventScope;
  off(type: string, handler: Handler): EventScope;
  one(type: string, handler: Handler): EventScope;
  trigger(event: string | PageEvent | { type: string }): EventScope;
  find(selector: string): unknown[];
}

/** The part of jQuery that the in-memory Shiny triggers its events with. The real one has it too. */
export interface EventJQuery {
  (target: unknown): EventScope;
  Event(type: string, properties?: object): PageEvent;
}

/**
 * jQuery's events without jQuery, for pages that have none. Namespaces of events and delegation are
 * not there; an event that is triggered on an element goes up to the document, as jQuery's do.
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
      // Its own name in arrays has another meaning, which no client of Shiny uses.
      find: (selector: string): unknown[] => {
        const { querySelectorAll } = object as Partial<ParentNode>;
        return querySelectorAll ? Array.from(querySelectorAll.call(object, selector)) : [];
      },
    }) as unknown as EventScope;
    return scope;
  };
  return Object.assign($, { Event: makeEvent });
}

/** As much of a document as the client looks at where there is no page. */
export interface StandInDocument {
  /** What `querySelector` finds, by selector; `#id` for `getElementById`. */
  readonly elements: Map<string, unknown>;
  /** Has a `dataset`. */
  readonly body: object;
  /** The document's own events; nobody triggers any. */
  addEventListener(type: string, listener: () => void): void;
  /** The opposite. */
  removeEventListener(type: string, listener: () => void): void;
  /** What stands in `elements` for the selector, or `null`. */
  querySelector(selector: string): unknown;
  /** The same, as a list. */
  querySelectorAll(selector: string): unknown[];
  /** What stands in `elements` for `#id`, or `null`. */
  getElementById(id: string): unknown;
}

/** A document for Node: what a test puts into `elements` is on the page. */
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

/** A target and what is around it, up to the document. */
function* pathOf(target: object): Generator<object> {
  for (let place: object | null = target; place; ) {
    yield place;
    place = (place as { parentNode?: object | null }).parentNode ?? null;
  }
}
